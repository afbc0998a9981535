import { legendOf } from "./figure.ts";
import type { Html } from "./html.ts";
import { gradeWords, type PlacedTrial } from "./trials.ts";

/** The page's colour of a grade. */
export function gradeColour(grade: number): string {
  return `var(--grade-${grade})`;
}

/** The colour of text on that. */
export function gradeInk(grade: number): string {
  return `var(--on-grade-${grade})`;
}

/** The grades that occur among these trials. */
export function gradeLegend(trials: readonly PlacedTrial[]): Html {
  const found = new Set(trials.map(({ grade }) => grade));
  return legendOf(
    gradeWords.flatMap((words, grade) => (found.has(grade) ? [[gradeColour(grade), words] as const] : [])),
  );
}
