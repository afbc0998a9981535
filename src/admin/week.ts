import type { Exposure } from "../activity/activity-store.ts";
import { holdbackArm } from "../registry/rules.ts";
import { activityOf, type Desk } from "./desk.ts";

/** What was answered in the last seven days. */
export interface Week {
  readonly answers: number;
  /** answers to people whom the shop knows by an id, without those held back by an experiment */
  readonly toKnown: number;
  /** those of them that were made of what the person did */
  readonly personal: number;
  /** items that were in any answer */
  readonly shown: ReadonlySet<string>;
  /** whether reading was given up before the end: then these are parts */
  readonly isPartial: boolean;
}

const weekSeconds = 7 * 86_400;
/** The first screen does not wait longer for the store. */
const readingMsMax = 3000;
const keptMs = 15_000;
const personalSources: ReadonlySet<string> = new Set(["als", "fold-in"]);
/** What someone gets of whom too little is known. What stands beside an item is no question about a person. */
const impersonalSources: ReadonlySet<string> = new Set(["popular", "trending", "content"]);

/** `undefined` where nothing of the kind is kept. @throws ActivityError */
export const lastWeek = keptFor(keptMs, readWeek);

async function readWeek(desk: Desk): Promise<Week | undefined> {
  const store = activityOf(desk);
  if (store === undefined) return undefined;
  const since = desk.now() / 1000 - weekSeconds;
  const begun = performance.now();
  const shown = new Set<string>();
  let [answers, toKnown, personal] = [0, 0, 0];
  let isPartial = false;
  for await (const { exposures } of store.records()) {
    for (const exposure of exposures) {
      if (exposure.time < since) continue;
      answers++;
      for (const { itemId } of exposure.rows) shown.add(itemId);
      if (!isAboutSomebody(exposure)) continue;
      toKnown++;
      if (personalSources.has(exposure.source)) personal++;
    }
    isPartial = performance.now() - begun > readingMsMax;
    if (isPartial) break;
  }
  return { answers, toKnown, personal, shown, isPartial };
}

function isAboutSomebody({ source, userId, arm }: Exposure): boolean {
  if (arm === holdbackArm) return false;
  return personalSources.has(source) || (userId !== undefined && impersonalSources.has(source));
}

/** The same answer for a while: reading a store costs, and the page asks often. */
export function keptFor<T>(ms: number, make: (desk: Desk) => Promise<T>): (desk: Desk) => Promise<T> {
  const kept = new WeakMap<Desk, { readonly until: number; readonly made: Promise<T> }>();
  return (desk) => {
    const found = kept.get(desk);
    if (found && desk.now() < found.until) return found.made;
    const made = make(desk);
    kept.set(desk, { until: desk.now() + ms, made });
    made.catch(() => kept.delete(desk));
    return made;
  };
}
