import type { Answer, AnswerItem } from "../serving/query.ts";

/** An answer as a batch keeps it: what a shop knows of its own items is left out. */
export interface BatchLine extends Omit<Answer, "recommendationId" | "items"> {
  readonly items: Omit<AnswerItem, "item" | "because">[];
}

/** One line of JSON, its end included. */
export function lineOf({ userId, source, model, experiment, items }: Answer): string {
  const rows = items.map(({ item: _, because: __, ...row }) => row);
  return `${JSON.stringify({ userId, source, model, experiment, items: rows } as BatchLine)}\n`;
}
