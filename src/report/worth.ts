import * as Plot from "@observablehq/plot";
import { figure, type Size } from "./figure.ts";
import { counted, percent } from "./format.ts";
import { type Html, html } from "./html.ts";
import { isWholeGrid, type Knob } from "./knobs.ts";
import { isComparable, type PlacedTrial } from "./trials.ts";

/** What each setting explains of the difference between trials. */
export function knobWorth(trials: readonly PlacedTrial[], knobs: readonly Knob[], metric: string): Html {
  const rest = 1 - knobs.reduce((sum, { worth }) => sum + worth, 0);
  const bars = [
    ...knobs.map(({ name, worth, byChance }) => ({ name, worth, byChance, colour: "var(--accent)" })),
    ...(isWholeGrid(knobs, trials.length)
      ? [{ name: "settings together", worth: Math.max(0, rest), byChance: 0, colour: "var(--grade-4)" }]
      : []),
  ];
  const what = isComparable(trials) ? `${metric} on validation` : "place among the trials";
  return figure({
    title: "What each setting is worth",
    note: html`Share of the variance in ${what} that a setting explains on its own, over ${counted(trials.length, "trial")}:
the main effects of a functional ANOVA (Hutter, Hoos and Leyton-Brown, ICML 2014), computed from the trials themselves${
      isComparable(trials)
        ? ""
        : "; places, since figures of different budgets cannot be compared (Conover and Iman 1981)"
    }. The mark is what a setting without effect would explain by chance. Small shares are no reason to stop tuning: they
say that the values tried here made little difference.`,
    label: `Share of the variance explained: ${knobs.map(({ name, worth }) => `${name} ${percent(worth)}`).join(", ")}.`,
    plots: [(size) => shares(bars, size)],
    table: {
      caption: "What each setting explains",
      heads: ["setting", "values tried", "share of the variance", "by chance"],
      rows: knobs.map(({ name, labels, worth, byChance }) => [
        name,
        labels.join(", "),
        percent(worth),
        percent(byChance),
      ]),
    },
  });
}

interface Bar {
  readonly name: string;
  readonly worth: number;
  readonly byChance: number;
  readonly colour: string;
}

function shares(bars: readonly Bar[], { isNarrow }: Size): Plot.PlotOptions {
  return {
    height: 32 * bars.length + 50,
    marginLeft: isNarrow ? 118 : 236,
    marginRight: 52,
    marginBottom: 42,
    x: {
      domain: [0, Math.max(0.1, ...bars.map(({ worth }) => worth))],
      nice: true,
      ticks: isNarrow ? 3 : 6,
      tickFormat: (share: number) => percent(share),
      label: "share of the variance between trials",
      labelAnchor: "right",
      labelArrow: "none",
    },
    y: { domain: bars.map(({ name }) => name), label: null, tickSize: 0, tickPadding: 10, padding: 0.42 },
    marks: [
      Plot.axisY({ label: null, tickSize: 0, tickPadding: 10, lineWidth: isNarrow ? 9 : 22 }),
      Plot.barX(bars, {
        y: "name",
        x: "worth",
        fill: "colour",
        title: (bar: Bar) => `${bar.name}: ${percent(bar.worth)}`,
      }),
      Plot.tickX(
        bars.filter(({ byChance }) => byChance > 0),
        { y: "name", x: "byChance", stroke: "var(--ink)", strokeWidth: 1.5, inset: -4 },
      ),
      Plot.text(bars, {
        y: "name",
        x: (bar: Bar) => Math.max(bar.worth, bar.byChance),
        text: (bar: Bar) => percent(bar.worth),
        dx: 8,
        textAnchor: "start",
        fill: "var(--ink)",
      }),
    ],
  };
}
