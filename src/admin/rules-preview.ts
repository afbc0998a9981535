import type { Rules } from "../registry/rules.ts";
import { answerInArm } from "../serving/arms.ts";
import type { CheckedRules } from "../serving/check-rules.ts";
import { type AnswerItem, NoModelError } from "../serving/query.ts";
import type { Desk } from "./desk.ts";
import { check, draftOf } from "./rules-desk.ts";

export interface PreviewAsked {
  readonly rules: Rules;
  /** a newcomer, where nobody is named */
  readonly userId?: string | undefined;
  readonly numResults: number;
}

export interface PreviewRow extends AnswerItem {
  /** the place among the rows before; absent where it was not among them */
  readonly rankBefore?: number;
}

export interface RulesPreview extends CheckedRules {
  /** what the shopper is shown now, and what the rules would make of it */
  readonly before: readonly AnswerItem[];
  readonly after: readonly PreviewRow[];
  /** items that are no longer among the rows */
  readonly gone: readonly string[];
}

/** The first row of the home page for one shopper, as it is and as these rules would have it. @throws NoModelError */
export async function previewRules(
  desk: Desk,
  { rules, userId, numResults }: PreviewAsked,
): Promise<RulesPreview> {
  const { snapshot } = desk.serving;
  if (snapshot === undefined) throw new NoModelError("no model is loaded yet");
  const query = await desk.serving.recall({ userId, numResults });
  const before = answerInArm(snapshot, query).items;
  const after = answerInArm(draftOf(snapshot, rules), query).items;
  const ranks = new Map(before.map(({ itemId, rank }) => [itemId, rank]));
  const kept = new Set(after.map(({ itemId }) => itemId));
  return {
    ...check(desk, rules),
    before,
    after: after.map((row) => {
      const rankBefore = ranks.get(row.itemId);
      return { ...row, ...(rankBefore !== undefined && { rankBefore }) };
    }),
    gone: before.flatMap(({ itemId }) => (kept.has(itemId) ? [] : [itemId])),
  };
}
