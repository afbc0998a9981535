import type { ReactNode } from "react";
import { formatPrice } from "../prices.ts";
import { currency } from "../settings.ts";
import { type Choice, type Faceted, priceBands, type PriceBand, styleCounts, withChoice } from "./facets.ts";
import { wordsOf } from "./words.ts";

interface FacetsProps {
  readonly items: readonly Faceted[];
  readonly choice: Choice;
  readonly search: URLSearchParams;
  readonly setSearch: (next: URLSearchParams) => void;
}

/** What a list can be narrowed by; the address carries the choice, so that going back takes it away again. */
export function Facets({ items, choice, search, setSearch }: FacetsProps) {
  const choose = (next: Partial<Choice>) => setSearch(withChoice(search, { ...choice, ...next }));
  const styles = styleCounts(items, choice);
  const bands = priceBands(items);
  const isNarrowed = choice.styles.length > 0 || choice.band !== undefined;
  const toggle = (style: string) =>
    choose({
      styles: choice.styles.includes(style)
        ? choice.styles.filter((each) => each !== style)
        : [...choice.styles, style],
    });
  return (
    <div className="facets">
      {bands.length > 1 && (
        <fieldset className="facet">
          <legend>Price</legend>
          {bands.map((band) => {
            const isOn = choice.band?.from === band.from && choice.band.to === band.to;
            return (
              <Chip key={band.from} isOn={isOn} onClick={() => choose({ band: isOn ? undefined : band })}>
                {bandWords(band)}
              </Chip>
            );
          })}
        </fieldset>
      )}
      {styles.length > 1 && (
        <fieldset className="facet">
          <legend>Style</legend>
          {styles.map(({ style, count }) => (
            <Chip key={style} isOn={choice.styles.includes(style)} onClick={() => toggle(style)}>
              {wordsOf(style)} <span className="chip-count">{count}</span>
            </Chip>
          ))}
        </fieldset>
      )}
      {isNarrowed && (
        <button type="button" className="clear" onClick={() => choose({ styles: [], band: undefined })}>
          Clear all filters
        </button>
      )}
    </div>
  );
}

interface ChipProps {
  readonly isOn: boolean;
  readonly onClick: () => void;
  readonly children: ReactNode;
}

function Chip({ isOn, onClick, children }: ChipProps) {
  return (
    <button type="button" className="chip" aria-pressed={isOn} onClick={onClick}>
      {children}
    </button>
  );
}

function bandWords({ from, to }: PriceBand): string {
  const price = (value: number) => formatPrice(value, { currency }).replace(/[.,]00(?!\d)/, "");
  if (from === 0) return `Under ${price(to)}`;
  return Number.isFinite(to) ? `${price(from)} to ${price(to)}` : `${price(from)} and more`;
}
