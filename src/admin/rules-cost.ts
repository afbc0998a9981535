import type { Recommend } from "../evaluation/evaluate.ts";
import type { HeldOut } from "../evaluation/held-out.ts";
import { takeLastVisits } from "../evaluation/last-visits.ts";
import {
  type ChangeOptions,
  compareServing,
  type ServedLists,
  type ServingChange,
  serveHeldOut,
} from "../evaluation/serving-change.ts";
import type { History } from "../model/history.ts";
import { type Rules, rulesSchema } from "../registry/rules.ts";
import { answer } from "../serving/answer.ts";
import type { Snapshot } from "../serving/snapshot.ts";
import { draftOf } from "./rules-desk.ts";

/** Whom to ask, what they should find, and what is known of them meanwhile. */
export interface Measurement {
  readonly heldOut: HeldOut;
  /** instead of what the model has stored of the user */
  readonly historyOf?: ((userId: string) => History | undefined) | undefined;
}

export interface RulesCost {
  /** who was asked for what, in words */
  readonly measuredOn: string;
  readonly userCount: number;
  /** against no rules at all */
  readonly all: ServingChange;
  /** against the rules that serve now */
  readonly change: ServingChange;
  /** each promotion and boost alone, and the pins together, against no rules */
  readonly each: readonly (ServingChange & { readonly rule: string })[];
}

/** More rules than these are measured only together: each asks for every user's list anew. */
const singlesMax = 12;

/**
 * What rules cost in NDCG and buy in coverage, as if all of them were on now. Lists are those of a home page, hiding
 * what the user bought.
 * @throws UnpairedError where there is nobody to ask
 */
export async function costOfRules(
  snapshot: Snapshot,
  rules: Rules,
  { heldOut, historyOf }: Measurement,
  options: ChangeOptions,
): Promise<RulesCost> {
  const serve = async (some: Rules): Promise<ServedLists> => {
    // Answers go on between two ways of serving.
    await new Promise((resolve) => setImmediate(resolve));
    return serveHeldOut(recommendFrom(draftOf(snapshot, some), historyOf), heldOut, options);
  };
  const none = await serve(rulesSchema.parse({}));
  const drafted = await serve(alwaysOn(rules));
  const live = await serve(alwaysOn(snapshot.parts.rules ?? rulesSchema.parse({})));
  const each: (ServingChange & { rule: string })[] = [];
  for (const [rule, alone] of singles(alwaysOn(rules))) {
    each.push({ rule, ...compareServing(none, await serve(alone), options) });
  }
  return {
    measuredOn: heldOut.sentence,
    userCount: none.lists.length,
    all: compareServing(none, drafted, options),
    change: compareServing(live, drafted, options),
    each,
  };
}

/** Where no events lie apart, the last visits of a sample of the model's users. */
export function lastVisits({ model }: Snapshot, options: { users?: number; seed: number }): Measurement {
  return takeLastVisits(model, options);
}

function recommendFrom(snapshot: Snapshot, historyOf: Measurement["historyOf"]): Recommend {
  return (userId, k) => {
    const history = historyOf?.(userId);
    const query = { userId, numResults: k, ...(history && { history }) };
    return answer(snapshot, query).items.map(({ itemId }) => itemId);
  };
}

/** A rule that begins tomorrow costs nothing today: it is measured as if it had begun, and what has ended as nothing. */
function alwaysOn(rules: Rules): Rules {
  const { experiment: _, ...rest } = rules;
  return {
    ...rest,
    promotions: rules.promotions.filter(hasNotEnded).map(withoutDates),
    boosts: rules.boosts.filter(hasNotEnded).map(withoutDates),
    pins: rules.pins.filter(hasNotEnded).map(withoutDates),
  };
}

function hasNotEnded({ until }: { readonly until?: string | undefined }): boolean {
  return until === undefined || Date.parse(until) > Date.now();
}

function withoutDates<T extends { from?: string | undefined; until?: string | undefined }>(rule: T): T {
  return { ...rule, from: undefined, until: undefined };
}

function singles(rules: Rules): [string, Rules][] {
  const nothing = { ...rules, promotions: [], boosts: [], pins: [] };
  const found: [string, Rules][] = [
    ...rules.promotions.map((rule): [string, Rules] => [
      `promotions.${rule.name}`,
      { ...nothing, promotions: [rule] },
    ]),
    ...rules.boosts.map((rule): [string, Rules] => [`boosts.${rule.name}`, { ...nothing, boosts: [rule] }]),
    ...(rules.pins.length > 0 ? [["pins", { ...nothing, pins: rules.pins }] as [string, Rules]] : []),
  ];
  return found.length > singlesMax ? [] : found;
}
