import { type FormEvent, useId } from "react";
import type { ReadingSettings } from "./start-api.ts";
import { worths } from "./words.ts";

interface Props {
  readonly names: readonly string[];
  readonly weights: Readonly<Record<string, number>>;
  onSay(settings: ReadingSettings): void;
}

/** What each kind of event says of somebody's interest, beside the kinds that are known. */
export function WeightForm({ names, weights, onSay }: Props) {
  const id = useId();
  const say = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const chosen = new FormData(event.currentTarget);
    const said = names.map((name, at) => [name, Number(chosen.get(String(at)))]);
    onSay({ weights: { ...weights, ...Object.fromEntries(said) } });
  };
  return (
    <form className="column-form" onSubmit={say}>
      {names.map((name, at) => (
        <p key={name}>
          <label htmlFor={id + name}>“{name}” counts</label>
          <select id={id + name} name={String(at)} defaultValue="1">
            {worths.map(([weight, label]) => (
              <option key={weight} value={weight}>
                {label}
              </option>
            ))}
          </select>
        </p>
      ))}
      <button type="submit" className="button plain">
        Count them so
      </button>
    </form>
  );
}
