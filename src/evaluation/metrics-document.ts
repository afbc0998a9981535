import type { Report, Segment, TaskReport } from "./evaluate.ts";
import type { Task } from "./held-out.ts";
import type { PopularityBreakdown } from "./list-tally.ts";
import { type Figure, toPersonalizeMetrics } from "./metrics.ts";

/** The metrics as they are printed and stored: everyone by task, and beside them what they are made of. */
export interface MetricsDocument {
  readonly all?: Readonly<Record<string, Figure>>;
  readonly new?: Readonly<Record<string, Figure>>;
  readonly segments: Readonly<Record<"warm" | "cold", Partial<Record<Task, Segment["figures"]>>>>;
  readonly byPopularity: Partial<Record<Task, PopularityBreakdown>>;
  /** everyone's over all items, under the names by which Amazon Personalize reports them */
  readonly personalize: Readonly<Record<string, number>>;
}

export function metricsDocument(report: Report): MetricsDocument {
  const entries = Object.entries(report.tasks) as [Task, TaskReport][];
  const segment = (name: "warm" | "cold") =>
    Object.fromEntries(entries.map(([task, { segments }]) => [task, segments[name].figures]));
  return {
    ...Object.fromEntries(entries.map(([task, { figures }]) => [task, figures])),
    segments: { warm: segment("warm"), cold: segment("cold") },
    byPopularity: Object.fromEntries(entries.map(([task, { byPopularity }]) => [task, byPopularity])),
    personalize: toPersonalizeMetrics(report.tasks.all?.figures ?? {}),
  };
}

/** The same document with a word beside every figure: the recommender had seen what it was asked for. */
export function labelLeaked(document: MetricsDocument): unknown {
  const label = (part: unknown): unknown => {
    if (typeof part === "number") return { value: part, leaked: true };
    const fields = Object.entries(part as object);
    if ("value" in (part as object)) return { ...(part as object), leaked: true };
    // How many items and pairs there are is no figure of the recommender's.
    const isCount = (name: string): boolean => name === "items" || name === "relevant";
    return Object.fromEntries(fields.map(([name, field]) => [name, isCount(name) ? field : label(field)]));
  };
  return label(document);
}
