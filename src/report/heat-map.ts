import * as Plot from "@observablehq/plot";
import { figure, type Size } from "./figure.ts";
import { fixed } from "./format.ts";
import { gradeColour, gradeInk, gradeLegend } from "./grades.ts";
import type { Html } from "./html.ts";
import type { Knob } from "./knobs.ts";
import { isComparable, type PlacedTrial } from "./trials.ts";

interface Cell {
  readonly across: string;
  readonly down: string;
  readonly best: PlacedTrial;
  readonly colour: string;
  readonly ink: string;
  readonly words: string;
}

/** The best trial of every pair of values of the two settings that tell most. */
export function heatMap(trials: readonly PlacedTrial[], knobs: readonly Knob[], metric: string): Html {
  // The one with more values lies across, where there is room.
  const [across, down] = knobs.slice(0, 2).sort((a, b) => b.labels.length - a.labels.length);
  const cells = cellsOf(trials, across, down);
  const byValue = isComparable(trials);
  const said = byValue
    ? `the best ${metric} on validation`
    : "the best place that a trial got to, 1 being the best";
  const where = `${across.name} ${across.labels[across.choices[0]]} and ${down.name} ${down.labels[down.choices[0]]}`;
  return figure({
    title: `${upperFirst(across.name)} × ${down.name}`,
    note: `Of the trials with both values, ${said}; whatever else was set. Colours go by place.`,
    legend: gradeLegend(cells.map((cell) => cell.best)),
    label: `Heat map of ${across.name} against ${down.name}: the best trial has ${where}.`,
    plots: [(size) => grid(cells, { across, down, byValue }, size)],
    table: {
      caption: `${upperFirst(said)}, of each pair of values`,
      heads: [`${down.name} ↓ ${across.name} →`, ...across.labels],
      rows: down.labels.map((row) => [
        row,
        ...across.labels.map((column) => {
          const cell = cells.find((each) => each.across === column && each.down === row);
          return cell === undefined ? "–" : textOf(cell, byValue);
        }),
      ]),
    },
  });
}

function cellsOf(trials: readonly PlacedTrial[], across: Knob, down: Knob): Cell[] {
  const cells = new Map<string, Cell>();
  trials.forEach((best, at) => {
    const pair = { across: across.labels[across.choices[at]], down: down.labels[down.choices[at]] };
    const key = JSON.stringify(pair);
    // Best first: whoever comes later is worse.
    if (cells.has(key)) return;
    const words = `${across.name} ${pair.across}, ${down.name} ${pair.down}: place ${best.place}, ${fixed(best.value)}`;
    cells.set(key, { ...pair, best, words, colour: gradeColour(best.grade), ink: gradeInk(best.grade) });
  });
  return [...cells.values()];
}

function textOf({ best }: Cell, byValue: boolean): string {
  return byValue ? fixed(best.value) : String(best.place);
}

function grid(
  cells: readonly Cell[],
  { across, down, byValue }: { readonly across: Knob; readonly down: Knob; readonly byValue: boolean },
  { isNarrow }: Size,
): Plot.PlotOptions {
  const isTight = isNarrow && across.labels.length > 4;
  const text = (cell: Cell): string => textOf(cell, byValue);
  return {
    height: 44 * down.labels.length + 84,
    marginLeft: isNarrow ? 56 : 84,
    marginRight: 8,
    marginTop: 28,
    marginBottom: 46,
    padding: 0,
    x: {
      type: "band",
      domain: across.labels,
      label: across.name,
      labelAnchor: "center",
      labelArrow: "none",
      tickSize: 0,
    },
    y: {
      type: "band",
      domain: down.labels.toReversed(),
      label: down.name,
      labelAnchor: "top",
      labelArrow: "none",
      tickSize: 0,
    },
    marks: [
      Plot.cell(cells, { x: "across", y: "down", fill: "colour", inset: 1.5, rx: 3, title: "words" }),
      Plot.text(cells, {
        ...{ x: "across", y: "down", fill: "ink" },
        text: (cell: Cell) => (isTight && byValue ? text(cell).replace(/^0/, "").slice(0, 4) : text(cell)),
      }),
    ],
  };
}

function upperFirst(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
