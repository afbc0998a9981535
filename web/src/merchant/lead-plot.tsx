import type { Models } from "aisle/admin";
import { useMemo } from "react";
import IntervalPlot, { type IntervalRow } from "./interval-plot.tsx";
import { onDay } from "./words.ts";

/** As many of the newest as can be told apart at a glance. */
const modelsMax = 8;

/** How much better than bestsellers each model found what was hidden; the live one is marked. */
export default function LeadPlot({ models }: { readonly models: Models["models"] }) {
  const rows = useMemo(() => leadsOf(models), [models]);
  return (
    <IntervalPlot
      rows={rows}
      title="How much more than bestsellers each model finds, with 95 % intervals"
      axis="More found than by bestsellers; the line is what holds with 95 % certainty. Marked: what is live."
      zero="bestsellers"
    />
  );
}

function leadsOf(models: Models["models"]): IntervalRow[] {
  const names = new Map<string, number>();
  return models
    .flatMap(({ createdAt, version, isLive, overPopularity }) => {
      const relative = overPopularity?.relative;
      if (relative === undefined) return [];
      const day = onDay(createdAt);
      const times = (names.get(day) ?? 0) + 1;
      names.set(day, times);
      const label = times === 1 ? day : `${day} · ${version.slice(-4)}`;
      return [{ ...relative, label, isMarked: isLive }];
    })
    .slice(0, modelsMax);
}
