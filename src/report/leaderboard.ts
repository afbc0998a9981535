import * as Plot from "@observablehq/plot";
import { type Figure, figureValue } from "../evaluation/metrics.ts";
import { figure, type Size, type Table, tableOf } from "./figure.ts";
import { counted, endsOf, fixed, metricName, percent, taskName, withInterval } from "./format.ts";
import type { ReportData } from "./gather.ts";
import { type Content, type Html, html } from "./html.ts";
import { criterionOf } from "./trials.ts";

type Task = "all" | "new";
type Figures = Readonly<Record<string, Figure>>;

/** One recommender on the test part. */
export interface Rival {
  readonly name: string;
  readonly isOurs: boolean;
  readonly figures: Figures;
}

const names: Readonly<Record<string, string>> = {
  popularity: "popularity",
  "recent-popularity": "recent popularity",
  "own-history": "own history",
  "item-knn": "item-kNN",
  rp3beta: "RP3β",
  oracle: "oracle (the ceiling)",
};

/** The model and its baselines on one task, best first by the criterion. */
export function rivalsOf({ run, result }: ReportData, task: Task): Rival[] {
  const name = criterionOf(run);
  const all = [
    { name: "aisle", isOurs: true, figures: result?.metrics?.[task] },
    ...Object.entries(result?.baselines ?? {}).map(([slug, byTask]) => ({
      name: Object.hasOwn(names, slug) ? names[slug] : slug,
      isOurs: false,
      figures: byTask[task],
    })),
  ];
  const rivals = all.filter((rival): rival is Rival => rival.figures?.[name] !== undefined);
  return rivals.sort((a, b) => figureValue(b.figures[name]) - figureValue(a.figures[name]));
}

/** Everybody's figures on the test part, by task, the one that chose first. */
export function leaderboard(data: ReportData): Html {
  const { run, result } = data;
  const tasks: Task[] = run.criterion.task === "all" ? ["all", "new"] : ["new", "all"];
  const boards = tasks.flatMap((task) => {
    const rivals = rivalsOf(data, task);
    return rivals.length === 0 ? [] : [board(data, task, rivals)];
  });
  if (boards.length === 0) {
    const why =
      result === undefined
        ? "This run has no result: it is under way, or it was interrupted."
        : "Nothing was held out to test on.";
    return html`<p class="absent">${why}</p>`;
  }
  return html`<p>The winner was fitted again without the test part and scored on it once. Bars are 95 % bootstrap
intervals over users; recommenders whose bars overlap may still differ, since they were measured on the same users.
<span class="aside">${run.data.split}</span></p>${boards}`;
}

function board({ run }: ReportData, task: Task, rivals: readonly Rival[]): Html {
  const name = criterionOf(run);
  const title = `${metricName(name)}, ${taskName(task)}`;
  const [first, second] = rivals;
  const label = `${title}: ${first.name} leads with ${withInterval(first.figures[name])}${
    second ? `, before ${second.name} with ${withInterval(second.figures[name])}` : ""
  }; ${counted(rivals.length, "recommender")} in all, listed in the table below.`;
  return html`${figure({ title, label, plots: [(size) => forest(rivals, name, size)] })}${tableOf(
    figuresTable(rivals, name, title),
  )}`;
}

function forest(rivals: readonly Rival[], name: string, { isNarrow }: Size): Plot.PlotOptions {
  const rows = rivals.map(({ name: rival, isOurs, figures }) => ({
    ...{ rival, isOurs, value: figureValue(figures[name]) },
    ...endsOf(figures[name]),
    colour: isOurs ? "var(--accent)" : "var(--quiet)",
  }));
  return {
    height: 30 * rows.length + 56,
    marginLeft: isNarrow ? 128 : 150,
    marginRight: isNarrow ? 44 : 60,
    marginBottom: 44,
    x: {
      label: `${metricName(name)}, mean over users`,
      labelAnchor: "right",
      labelArrow: "none",
      ticks: isNarrow ? 2 : 8,
      zero: true,
      nice: true,
    },
    y: { domain: rows.map(({ rival }) => rival), label: null, tickSize: 0, tickPadding: 10 },
    marks: [
      Plot.gridX({ stroke: "var(--line)", strokeOpacity: 1, ticks: isNarrow ? 2 : 8 }),
      Plot.ruleX([0], { stroke: "var(--axis)" }),
      Plot.ruleY(rows, {
        y: "rival",
        x1: "low",
        x2: "high",
        stroke: "colour",
        strokeWidth: 5,
        strokeOpacity: 0.35,
        strokeLinecap: "round",
      }),
      Plot.dot(rows, {
        y: "rival",
        x: "value",
        r: 5,
        fill: "colour",
        title: (row) => `${row.rival}: ${fixed(row.value)}`,
      }),
      Plot.text(rows, {
        y: "rival",
        x: "high",
        dx: 12,
        textAnchor: "start",
        fill: "colour",
        text: ({ value }) => fixed(value),
      }),
    ],
  };
}

const beside = [
  "recall@20",
  "precision@10",
  "mrr@10",
  "hit@10",
  "coverage@10",
  "popular-share@10",
  "novelty@10",
];

function figuresTable(rivals: readonly Rival[], criterion: string, title: string): Table {
  const columns = [criterion, ...beside.filter((name) => name !== criterion)].filter((name) =>
    rivals.some(({ figures }) => figures[name] !== undefined),
  );
  return {
    caption: `${title}, and other measures of the same lists`,
    heads: ["recommender", ...columns.map(metricName)],
    rows: rivals.map(({ name, isOurs, figures }) => [
      isOurs ? html`<strong>${name}</strong>` : name,
      ...columns.map((column) => cell(column, figures[column])),
    ]),
  };
}

function cell(name: string, figure: Figure | undefined): Content {
  if (figure === undefined) return "–";
  const value = figureValue(figure);
  if (/^(coverage|popular-share)@/.test(name)) return percent(value);
  if (/^novelty@/.test(name)) return `${value.toFixed(1)} bits`;
  return figureCell(figure);
}

/** A figure with its interval below it. */
export function figureCell(figure: Figure): Content {
  const value = figureValue(figure);
  const { low, high } = endsOf(figure);
  return low === high ? fixed(value) : html`${fixed(value)} <small>${fixed(low)}–${fixed(high)}</small>`;
}
