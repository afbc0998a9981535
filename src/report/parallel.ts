import * as Plot from "@observablehq/plot";
import { figure, type Size } from "./figure.ts";
import { counted, fixed } from "./format.ts";
import { gradeColour, gradeLegend } from "./grades.ts";
import type { Html } from "./html.ts";
import type { Knob } from "./knobs.ts";
import { isComparable, type PlacedTrial } from "./trials.ts";

/** More axes than this leave no room for their names. */
const axesMax = 6;

interface Axis {
  readonly name: string;
  /** where along the axis a value stands, from 0 to 1 */
  readonly ticks: readonly { readonly at: number; readonly label: string }[];
  /** (trials): where each trial crosses it */
  readonly positions: readonly number[];
}

/** Every trial as a line through its settings, the best drawn last. */
export function parallelCoordinates(
  trials: readonly PlacedTrial[],
  knobs: readonly Knob[],
  metric: string,
): Html {
  const axes = [
    ...knobs.slice(0, axesMax).map((knob) => knobAxis(knob, trials)),
    outcomeAxis(trials, metric),
  ];
  const [best] = trials;
  const own = knobs.slice(0, axesMax).map(({ name, labels, choices }) => `${name} ${labels[choices[0]]}`);
  return figure({
    title: "Every trial's settings, and what came of them",
    note: `One line a trial. Where many share a value they are spread a little, the better ones at the upper side.`,
    legend: gradeLegend(trials),
    label:
      `Parallel coordinates of ${counted(trials.length, "trial")} over ${axes.map(({ name }) => name).join(", ")}. ` +
      `The best, trial ${best.record.trial}, has ${own.join(", ")}. All are listed in the table of trials.`,
    plots: [(size) => (size.isNarrow ? lying(axes, trials, size) : standing(axes, trials))],
  });
}

/** Values at equal distances; within a value the trials lie side by side, by place. */
function knobAxis({ name, labels, choices }: Knob, trials: readonly PlacedTrial[]): Axis {
  const last = labels.length - 1;
  const spread = Math.min(0.34 / last, 0.15);
  const lane = (place: number): number => 0.5 - (place - 1) / Math.max(1, trials.length - 1);
  return {
    name,
    ticks: labels.map((label, at) => ({ label, at: at / last })),
    positions: choices.map((choice, trial) => choice / last + spread * lane(trials[trial].place)),
  };
}

/** The criterion where all trials may be compared, else how far each got among the others. */
function outcomeAxis(trials: readonly PlacedTrial[], metric: string): Axis {
  if (!isComparable(trials)) {
    const span = Math.max(1, trials.length - 1);
    const places = [...new Set([1, Math.ceil(trials.length / 2), trials.length])];
    return {
      name: "place",
      ticks: places.map((place) => ({ label: String(place), at: 1 - (place - 1) / span })),
      positions: trials.map(({ place }) => 1 - (place - 1) / span),
    };
  }
  const values = trials.map(({ value }) => value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const at = (value: number): number => (high === low ? 1 : (value - low) / (high - low));
  const ticks = [...new Set([low, (low + high) / 2, high])].map((value) => ({
    label: fixed(value),
    at: at(value),
  }));
  return { name: metric, ticks, positions: values.map(at) };
}

interface Crossing {
  readonly axis: number;
  readonly at: number;
  readonly trial: number;
  readonly colour: string;
  readonly words: string;
}

function crossings(axes: readonly Axis[], trials: readonly PlacedTrial[]): Crossing[] {
  return trials.toReversed().flatMap(({ place, grade, record, value }) =>
    axes.map(({ positions }, axis) => ({
      axis,
      at: positions[place - 1],
      trial: record.trial,
      colour: gradeColour(grade),
      words: `trial ${record.trial}, place ${place}: ${fixed(value)}`,
    })),
  );
}

function ticksOf(axes: readonly Axis[]) {
  return axes.flatMap(({ ticks }, axis) => ticks.map((tick) => ({ axis, ...tick })));
}

const halo = { stroke: "var(--card)", strokeWidth: 4, fill: "var(--ink)" } as const;

function lineStyle(trialCount: number) {
  return {
    stroke: "colour",
    strokeWidth: trialCount > 60 ? 1.2 : 1.6,
    strokeOpacity: 0.9,
    z: "trial",
    title: "words",
  } as const;
}

/** Axes from left to right, for a wide column. */
function standing(axes: readonly Axis[], trials: readonly PlacedTrial[]): Plot.PlotOptions {
  const lines = crossings(axes, trials);
  return {
    height: 400,
    marginTop: 52,
    marginBottom: 20,
    marginLeft: 64,
    marginRight: 64,
    x: { axis: null, domain: [0, axes.length - 1] },
    y: { axis: null, domain: [-0.08, 1.08] },
    marks: [
      Plot.ruleX(axes, { x: (_, axis) => axis, stroke: "var(--axis)" }),
      Plot.line(lines, { x: "axis", y: "at", curve: "bump-x", ...lineStyle(trials.length) }),
      Plot.line(lines.slice(-axes.length), {
        x: "axis",
        y: "at",
        curve: "bump-x",
        stroke: gradeColour(0),
        strokeWidth: 3,
      }),
      Plot.text(ticksOf(axes), { x: "axis", y: "at", text: "label", dx: -8, textAnchor: "end", ...halo }),
      Plot.text(axes, {
        x: (_, axis) => axis,
        frameAnchor: "top",
        dy: -26,
        text: "name",
        fontWeight: 600,
        lineWidth: 9,
        lineAnchor: "bottom",
        fill: "var(--ink)",
      }),
    ],
  };
}

/** Axes from top to bottom, for a telephone. */
function lying(axes: readonly Axis[], trials: readonly PlacedTrial[], { width }: Size): Plot.PlotOptions {
  const lines = crossings(axes, trials);
  const row = 78;
  return {
    width,
    height: row * (axes.length - 1) + 76,
    marginTop: 30,
    marginBottom: 40,
    marginLeft: 14,
    marginRight: 14,
    x: { axis: null, domain: [-0.08, 1.08] },
    y: { axis: null, domain: [axes.length - 1, 0] },
    marks: [
      Plot.ruleY(axes, { y: (_, axis) => axis, stroke: "var(--axis)" }),
      Plot.line(lines, { y: "axis", x: "at", curve: "bump-y", ...lineStyle(trials.length) }),
      Plot.line(lines.slice(-axes.length), {
        y: "axis",
        x: "at",
        curve: "bump-y",
        stroke: gradeColour(0),
        strokeWidth: 3,
      }),
      Plot.text(ticksOf(axes), { y: "axis", x: "at", text: "label", dy: 13, ...halo }),
      Plot.text(axes, {
        y: (_, axis) => axis,
        frameAnchor: "left",
        textAnchor: "start",
        dx: -8,
        dy: -16,
        text: "name",
        fontWeight: 600,
        ...halo,
      }),
    ],
  };
}
