import * as Plot from "@observablehq/plot";
import { figureValue } from "../evaluation/metrics.ts";
import { figure, legendOf, type Table } from "./figure.ts";
import { counted, fixed, metricName } from "./format.ts";
import type { ReportData } from "./gather.ts";
import { type Html, html } from "./html.ts";
import { criterionOf, type PlacedTrial } from "./trials.ts";

interface Step {
  readonly trial: number;
  readonly iteration: number;
  readonly value: number;
  /** the loss ÷ the loss after the trial's first iteration */
  readonly loss: number;
  readonly isChosen: boolean;
}

/** How the trials that came to their end went, iteration by iteration. */
export function curves({ run, result }: ReportData, trials: readonly PlacedTrial[]): Html {
  const finished = trials.filter(({ record }) => record.outcome === "finished");
  if (finished.length === 0) return html`<p class="absent">No trial of this run has come to its end yet.</p>`;
  const best = finished.find(({ record }) => record.trial === result?.trial) ?? finished[0];
  const chosen = best.record.trial;
  const steps = finished.flatMap(({ record }) => stepsOf(record.trial, record.iterations, chosen));
  const name = metricName(criterionOf(run));
  const others = finished.length - 1;
  const label =
    `${name} on the validation part and the loss after each iteration of ${counted(finished.length, "trial")}. ` +
    `Trial ${best.record.trial} is best after iteration ${best.record.best?.iteration} with ${fixed(best.value)}.`;
  return figure({
    title: `${name} and loss by iteration`,
    note: html`A trial ends after two iterations without gain on the validation part; the ring is where it was best. Losses
of different settings weigh different things, so each is shown against its own first.`,
    legend: legendOf([
      [
        "var(--accent)",
        result?.trial === chosen ? `trial ${chosen}, which was chosen` : `trial ${chosen}, the best`,
      ],
      ...(others > 0 ? ([["var(--axis)", `${counted(others, "other")} that came to the end`]] as const) : []),
    ]),
    label,
    plots: [
      () => panel(steps, "value", `${name} on validation`, best),
      () => panel(steps, "loss", "loss ÷ loss after iteration 1", best),
    ],
    table: stepsTable(name, steps),
  });
}

function stepsOf(trial: number, iterations: PlacedTrial["record"]["iterations"], chosen: number): Step[] {
  return iterations.map(({ iteration, loss, value }) => ({
    trial,
    iteration,
    value: figureValue(value),
    loss: iterations[0].loss === 0 ? 1 : loss / iterations[0].loss,
    isChosen: trial === chosen,
  }));
}

function panel(
  steps: readonly Step[],
  y: "value" | "loss",
  label: string,
  { record }: PlacedTrial,
): Plot.PlotOptions {
  const last = Math.max(...steps.map(({ iteration }) => iteration));
  const iterations = Array.from({ length: last }, (_, at) => at + 1);
  const shown =
    last > 12 ? iterations.filter((iteration) => iteration % 5 === 0 || iteration === 1) : iterations;
  const own = steps.filter(({ isChosen }) => isChosen);
  const rest = steps.filter(({ isChosen }) => !isChosen);
  const line = (of: readonly Step[], options: Plot.LineYOptions) => [
    Plot.lineY(of, { x: "iteration", y, z: "trial", ...options }),
    Plot.dot(of, {
      x: "iteration",
      y,
      r: 2.2,
      fill: options.stroke as string,
      fillOpacity: options.strokeOpacity as number,
    }),
  ];
  return {
    height: 260,
    marginLeft: 56,
    marginBottom: 44,
    marginTop: 30,
    marginRight: 14,
    x: {
      label: "iteration",
      labelArrow: "none",
      labelAnchor: "right",
      ticks: shown,
      tickFormat: "d",
      domain: [1, Math.max(2, last)],
      insetLeft: 8,
      insetRight: 8,
    },
    y: {
      label,
      labelArrow: "none",
      labelAnchor: "top",
      ticks: 5,
      nice: true,
    },
    marks: [
      Plot.gridY({ stroke: "var(--line)", strokeOpacity: 1, ticks: 5 }),
      ...line(rest, {
        stroke: "var(--axis)",
        strokeWidth: 1,
        strokeOpacity: rest.length > 200 ? 0.4 : 0.8,
      }),
      ...line(own, { stroke: "var(--accent)", strokeWidth: 2.5, strokeOpacity: 1 }),
      Plot.dot(
        own.filter(({ iteration }) => iteration === record.best?.iteration),
        {
          x: "iteration",
          y,
          r: 6,
          stroke: "var(--accent)",
          strokeWidth: 1.8,
          title: (step) => `iteration ${step.iteration}: ${fixed(step[y])}`,
        },
      ),
    ],
  };
}

/** The chosen trial's own steps and, of the others, the last: a table of thousands of rows would tell nobody anything. */
function stepsTable(name: string, steps: readonly Step[]): Table {
  const shown = steps.filter(({ isChosen, trial }, at) => isChosen || steps[at + 1]?.trial !== trial);
  return {
    caption: "The chosen trial's iterations, and the last one of every other",
    heads: ["trial", "iteration", `${name} on validation`, "loss ÷ first loss"],
    rows: shown
      .toSorted((a, b) => Number(b.isChosen) - Number(a.isChosen))
      .map(({ trial, iteration, value, loss }) => [
        String(trial),
        String(iteration),
        fixed(value),
        loss.toFixed(4),
      ]),
  };
}
