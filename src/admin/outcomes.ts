import { type Attribution, attribute } from "../attribution/attribution.ts";
import { activityOf, type Desk, DeskError } from "./desk.ts";

export interface OutcomesAsked {
  /** so many days up to now */
  readonly days: number;
}

const windowSeconds = 24 * 3600;
const keptMs = 15_000;
const kept = new WeakMap<Desk, { days: number; until: number; made: Promise<Attribution> }>();

/**
 * Click-through, add-to-cart and revenue by kind of row, model and arm. Reading the store costs: an answer holds for a
 * quarter of a minute.
 * @throws DeskError where nothing of the kind is kept, ActivityError
 */
export function outcomes(desk: Desk, { days }: OutcomesAsked): Promise<Attribution> {
  const store = activityOf(desk);
  if (store === undefined) {
    throw new DeskError(
      "No store of activity is configured, so that nobody knows what was shown and clicked.",
    );
  }
  const found = kept.get(desk);
  if (found && found.days === days && desk.now() < found.until) return found.made;
  const from = desk.now() / 1000 - days * 86_400;
  const made = attribute(() => store.records(), { windowSeconds, from, resamples: 500, seed: 1 });
  kept.set(desk, { days, until: desk.now() + keptMs, made });
  made.catch(() => kept.delete(desk));
  return made;
}
