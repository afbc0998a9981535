import type { ReactNode } from "react";
import { formatPrice } from "../prices.ts";
import { currency } from "../settings.ts";
import { type Choice, type Faceted, type PriceBand, priceBands, styleCounts, withChoice } from "./facets.ts";
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
  const isNarrowed = choice.styles.length > 0 || choice.band !== undefined;
  return (
    <div className="facets">
      <PriceFacet items={items} choice={choice} choose={choose} />
      <StyleFacet items={items} choice={choice} choose={choose} />
      {isNarrowed && (
        <button type="button" className="clear" onClick={() => choose({ styles: [], band: undefined })}>
          Clear all filters
        </button>
      )}
    </div>
  );
}

interface FacetProps extends Pick<FacetsProps, "items" | "choice"> {
  readonly choose: (next: Partial<Choice>) => void;
}

function PriceFacet({ items, choice, choose }: FacetProps) {
  const bands = priceBands(items);
  if (bands.length < 2) return null;
  return (
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
  );
}

function StyleFacet({ items, choice, choose }: FacetProps) {
  const counts = styleCounts(items, choice);
  if (counts.length < 2) return null;
  const toggled = (style: string): string[] =>
    choice.styles.includes(style)
      ? choice.styles.filter((each) => each !== style)
      : [...choice.styles, style];
  return (
    <fieldset className="facet">
      <legend>Style</legend>
      {counts.map(({ style, count }) => (
        <Chip
          key={style}
          isOn={choice.styles.includes(style)}
          onClick={() => choose({ styles: toggled(style) })}
        >
          {wordsOf(style)} <span className="chip-count">{count}</span>
        </Chip>
      ))}
    </fieldset>
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
