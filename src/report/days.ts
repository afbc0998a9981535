import * as Plot from "@observablehq/plot";
import type { Run } from "../tracking/record.ts";
import { figure, type Size } from "./figure.ts";
import { count } from "./format.ts";
import type { ReportData } from "./gather.ts";
import type { Html } from "./html.ts";

type Days = NonNullable<NonNullable<Run["profile"]>["eventsByDay"]>;

const dayMs = 86_400_000;

interface Moment {
  readonly at: Date;
  readonly words: string;
}

/** When the validation and the test part begin: after the last event of what was fitted before them. */
export function momentsOf(model: ReportData["model"]): Moment[] {
  const words: Readonly<Record<string, string>> = { validated: "validation", scored: "test" };
  return (model?.fits ?? []).flatMap(({ name, lastEvent }) =>
    lastEvent === undefined || !(name in words)
      ? []
      : [{ at: new Date(lastEvent * 1000), words: words[name] }],
  );
}

interface Bin {
  readonly from: Date;
  readonly to: Date;
  readonly count: number;
}

/** Days as they are up to a year and a bit, then weeks, then spans of four. */
function binsOf(days: Days): { bins: Bin[]; span: number } {
  const times = days.map(({ day }) => Date.parse(`${day}T00:00:00Z`));
  const first = Math.min(...times);
  const length = (Math.max(...times) - first) / dayMs + 1;
  const span = length <= 400 ? 1 : length <= 2000 ? 7 : 28;
  const sums = new Map<number, number>();
  days.forEach((day, at) => {
    const bin = Math.floor((times[at] - first) / dayMs / span);
    sums.set(bin, (sums.get(bin) ?? 0) + day.count);
  });
  const bins = [...sums].map(([bin, sum]) => ({
    from: new Date(first + bin * span * dayMs),
    to: new Date(first + (bin + 1) * span * dayMs),
    count: sum,
  }));
  return { bins, span };
}

/** A bar a day, or a longer span where there are many, and where the held-out parts begin. */
export function byDay(days: Days, moments: readonly Moment[]): Html {
  const { bins, span } = binsOf(days);
  const each = span === 1 ? "day" : span === 7 ? "week" : "four weeks";
  const busiest = bins.reduce((most, bin) => (bin.count > most.count ? bin : most));
  const day = (date: Date): string => date.toISOString().slice(0, 10);
  return figure({
    title: `Events by ${each}`,
    note:
      moments.length > 0
        ? "Days are UTC. The lines are where the parts begin that chose the settings and that scored the winner."
        : "Days are UTC.",
    label: `Events from ${day(bins[0].from)} to ${day(bins[bins.length - 1].from)}; most, ${count(busiest.count)}, in the ${each} of ${day(busiest.from)}.`,
    plots: [(size) => dayPlot(bins, moments, size)],
    table: {
      caption: `Events by ${each}`,
      heads: [`${each} from`, "events"],
      rows: bins.map((bin) => [day(bin.from), count(bin.count)]),
    },
  });
}

function dayPlot(bins: readonly Bin[], moments: readonly Moment[], { isNarrow }: Size): Plot.PlotOptions {
  return {
    height: 220,
    marginLeft: 56,
    marginRight: 12,
    marginTop: 30,
    marginBottom: 40,
    x: { type: "utc", label: null, ticks: isNarrow ? 4 : 10 },
    y: { label: "events", labelArrow: "none", labelAnchor: "top", ticks: 4, nice: true, tickFormat: "~s" },
    marks: [
      Plot.gridY({ stroke: "var(--line)", strokeOpacity: 1, ticks: 4 }),
      Plot.rectY(bins, {
        x1: "from",
        x2: "to",
        y: "count",
        fill: "var(--accent)",
        fillOpacity: 0.6,
        inset: bins.length > 150 ? 0 : 0.5,
        title: (bin: Bin) => `${bin.from.toISOString().slice(0, 10)}: ${count(bin.count)} events`,
      }),
      Plot.ruleX(moments, { x: "at", stroke: "var(--ink)", strokeDasharray: "3,3" }),
      Plot.text(moments, {
        x: "at",
        text: "words",
        frameAnchor: "top",
        dy: -12,
        textAnchor: "end",
        dx: 4,
        fill: "var(--ink)",
      }),
      Plot.ruleY([0], { stroke: "var(--axis)" }),
    ],
  };
}
