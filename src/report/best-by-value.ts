import * as Plot from "@observablehq/plot";
import { figure, legendOf } from "./figure.ts";
import { fixed } from "./format.ts";
import { type Html, html } from "./html.ts";
import { type Knob, scoreBy } from "./knobs.ts";
import { budgetWords, isComparable, type PlacedTrial } from "./trials.ts";

const budgetColours = ["var(--accent)", "var(--budget-1)", "var(--budget-2)", "var(--budget-3)"];
const panelsMax = 6;

/** Every trial over the values of each setting, with the best of each value. */
export function bestByValue(trials: readonly PlacedTrial[], knobs: readonly Knob[], metric: string): Html {
  const budgets = [...new Set(trials.map(({ record }) => budgetWords(record)))];
  const colour = ({ record }: PlacedTrial): string =>
    budgetColours[Math.min(budgets.indexOf(budgetWords(record)), budgetColours.length - 1)];
  const shown = knobs.slice(0, panelsMax);
  const values = trials.map(({ value }) => value);
  const domain = [Math.min(...values), Math.max(...values)] as const;
  const legend = budgets.map(
    (words, at) => [budgetColours[Math.min(at, budgetColours.length - 1)], words] as const,
  );
  return figure({
    title: `The best reached with each value`,
    note: html`${metric} on validation. A dot is a trial, a bar the best one with that value. ${
      budgets.length > 1 ? "Dots of different colours had different budgets: compare within a colour." : ""
    }${knobs.length > panelsMax ? `The ${panelsMax} most telling of ${knobs.length} settings.` : ""}`,
    legend: budgets.length > 1 ? legendOf(legend) : undefined,
    label: `${metric} of every trial by the values of ${shown.map(({ name }) => name).join(", ")}; the table has the best of each value.`,
    // A figure of one plot would be drawn as wide as the page.
    plots: shown.map((knob) => () => strip(trials, knob, { domain, colour })),
    isSmall: true,
    table: {
      caption: "The best trial with each value",
      heads: [
        "setting",
        "value",
        "trials",
        "best place",
        `its ${metric}`,
        "it",
        `mean ${isComparable(trials) ? metric : "place"}`,
      ],
      rows: knobs.flatMap((knob) => knob.labels.map((_, value) => valueRow(trials, knob, value))),
    },
  });
}

function valueRow(trials: readonly PlacedTrial[], knob: Knob, value: number): string[] {
  const own = trials.filter((_, at) => knob.choices[at] === value);
  const [best] = own;
  const scores = own.map(scoreBy(trials));
  const mean = scores.reduce((sum, score) => sum + score, 0) / own.length;
  const meanText = isComparable(trials) ? fixed(mean) : (trials.length + 1 - mean).toFixed(1);
  return [
    knob.name,
    knob.labels[value],
    String(own.length),
    String(best.place),
    fixed(best.value),
    budgetWords(best.record),
    meanText,
  ];
}

function strip(
  trials: readonly PlacedTrial[],
  { name, labels, choices }: Knob,
  {
    domain,
    colour,
  }: { readonly domain: readonly [number, number]; readonly colour: (trial: PlacedTrial) => string },
): Plot.PlotOptions {
  const dots = trials.map((trial, at) => ({
    value: trial.value,
    label: labels[choices[at]],
    colour: colour(trial),
    words: `trial ${trial.record.trial}, ${name} ${labels[choices[at]]}: ${fixed(trial.value)}, ${budgetWords(trial.record)}`,
  }));
  const bests = labels.map((_, value) => dots[choices.indexOf(value)]);
  return {
    height: 230,
    marginLeft: 46,
    marginRight: 6,
    marginTop: 14,
    marginBottom: 42,
    x: {
      type: "band",
      domain: [...labels],
      label: name,
      labelAnchor: "center",
      labelArrow: "none",
      tickSize: 0,
    },
    y: { domain: [...domain], nice: true, ticks: 4, tickFormat: ".3f", label: null },
    marks: [
      Plot.gridY({ stroke: "var(--line)", strokeOpacity: 1, ticks: 4 }),
      Plot.dot(dots.toReversed(), {
        x: "label",
        y: "value",
        r: 2.6,
        fill: "colour",
        fillOpacity: 0.75,
        title: "words",
      }),
      Plot.tickY(bests, {
        x: "label",
        y: "value",
        stroke: "colour",
        strokeWidth: 2.5,
        insetLeft: 4,
        insetRight: 4,
      }),
    ],
  };
}
