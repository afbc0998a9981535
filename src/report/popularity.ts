import * as Plot from "@observablehq/plot";
import { figureValue } from "../evaluation/metrics.ts";
import { figure, legendOf, type Size } from "./figure.ts";
import { count, metricName, percent, taskName } from "./format.ts";
import type { ReportData } from "./gather.ts";
import { type Html, html } from "./html.ts";
import { type Rival, rivalsOf } from "./leaderboard.ts";

const bands = ["head", "middle", "tail"] as const;
const k = 10;
const kinds = [
  ["items", "of the catalogue", "var(--budget-2)"],
  ["wanted", "of what people went for", "var(--budget-1)"],
  ["shown", "of the rows shown", "var(--accent)"],
] as const;

type BandFigures = Readonly<Record<string, number>>;

/** What lists are made of: the popular, the middle, the tail; how much of the catalogue anybody sees. */
export function popularityBias(data: ReportData): Html {
  const { task } = data.run.criterion;
  const byBand = data.model?.metrics?.byPopularity?.[task];
  const rivals = rivalsOf(data, task).filter(({ figures }) => figures[`coverage@${k}`] !== undefined);
  if (!byBand && rivals.length === 0) {
    return html`<p class="absent">Nothing was measured on a test part, so there is nothing to say about lists.</p>`;
  }
  return html`${byBand ? bandsFigure(byBand, task) : ""}${rivals.length > 0 ? besideOthers(rivals, byBand) : ""}`;
}

function bandsFigure(byBand: Readonly<Record<string, BandFigures>>, task: "all" | "new"): Html {
  const itemCount = sumOf(byBand, "items");
  const wantedCount = sumOf(byBand, "relevant");
  const rows = bands.flatMap((band) => {
    const of = byBand[band] ?? {};
    const shares = {
      items: ratio(of.items, itemCount),
      wanted: ratio(of.relevant, wantedCount),
      shown: of[`share@${k}`] ?? 0,
    };
    return kinds.map(([kind, words, colour]) => ({ band, kind, words, colour, share: shares[kind] }));
  });
  const shareOf = (band: string, kind: string): string =>
    percent(rows.find((row) => row.band === band && row.kind === kind)?.share ?? 0);
  return figure({
    title: `Head, middle and tail in lists of ${k}, ${taskName(task)}`,
    note: `Items by falling popularity: the head makes the first third of all interactions, the middle the second, the tail
the last. Where the bottom bar is longer than the one above it, lists lean to that part more than people do.`,
    legend: legendOf(kinds.map(([, words, colour]) => [colour, `share ${words}`])),
    label: `The head is ${shareOf("head", "items")} of the catalogue, ${shareOf("head", "wanted")} of what people went for and ${shareOf("head", "shown")} of the rows shown; the tail ${shareOf("tail", "items")}, ${shareOf("tail", "wanted")} and ${shareOf("tail", "shown")}.`,
    plots: [(size) => bandsPlot(rows, size)],
    table: {
      caption: "Lists by popularity of the items",
      heads: [
        "part",
        "items",
        "share of the catalogue",
        "share of what people went for",
        "share of the rows shown",
        `recall@${k}`,
      ],
      rows: bands.map((band) => [
        band,
        count(byBand[band]?.items ?? 0),
        ...kinds.map(([kind]) => shareOf(band, kind)),
        (byBand[band]?.[`recall@${k}`] ?? 0).toFixed(4),
      ]),
    },
  });
}

interface BandRow {
  readonly band: string;
  readonly kind: string;
  readonly words: string;
  readonly colour: string;
  readonly share: number;
}

function bandsPlot(rows: readonly BandRow[], { isNarrow }: Size): Plot.PlotOptions {
  return {
    height: 250,
    marginLeft: isNarrow ? 62 : 84,
    marginRight: 52,
    marginTop: 6,
    marginBottom: 42,
    x: {
      domain: [0, Math.max(...rows.map(({ share }) => share))],
      nice: true,
      ticks: isNarrow ? 4 : 8,
      tickFormat: (share: number) => percent(share),
      label: "share",
      labelArrow: "none",
      labelAnchor: "right",
    },
    y: { axis: null, domain: kinds.map(([kind]) => kind), padding: 0.12 },
    fy: { domain: [...bands], label: null, padding: 0.22 },
    marks: [
      Plot.axisFy({ anchor: "left", label: null, tickPadding: 10 }),
      Plot.ruleX([0], { stroke: "var(--axis)" }),
      Plot.barX(rows, {
        fy: "band",
        y: "kind",
        x: "share",
        fill: "colour",
        title: (row: BandRow) => `${row.band}: ${percent(row.share)} ${row.words}`,
      }),
      Plot.text(rows, {
        fy: "band",
        y: "kind",
        x: "share",
        text: (row: BandRow) => percent(row.share),
        dx: 6,
        textAnchor: "start",
        fill: "var(--ink)",
      }),
    ],
  };
}

function besideOthers(
  rivals: readonly Rival[],
  byBand: Readonly<Record<string, BandFigures>> | undefined,
): Html {
  const wanted = byBand && ratio(byBand.head?.relevant, sumOf(byBand, "relevant"));
  const ours = rivals.find(({ isOurs }) => isOurs);
  const figureOf = (rival: Rival, name: string): number => figureValue(rival.figures[`${name}@${k}`] ?? 0);
  const said = ours
    ? `aisle shows ${percent(figureOf(ours, "coverage"))} of the catalogue to somebody, and ${percent(figureOf(ours, "popular-share"))} of its rows are of the head.`
    : "";
  return figure({
    title: "Coverage and popularity beside the baselines",
    note: html`First the share of the items that is in anybody's list, then the share of all rows that is of the head${
      wanted === undefined
        ? ""
        : html`; the line is the head's share of what people went for (${percent(wanted)})`
    }. Order as in the leaderboard.`,
    label: `${said} The table has everybody's.`,
    plots: [
      () => lollipops(rivals, `coverage@${k}`, "share of the items in somebody's list"),
      () => lollipops(rivals, `popular-share@${k}`, "share of the rows that is of the head", wanted),
    ],
    table: {
      caption: "Coverage and popularity of lists",
      heads: [
        "recommender",
        ...["coverage", "popular-share", "novelty"].map((name) => metricName(`${name}@${k}`)),
      ],
      rows: rivals.map((rival) => [
        rival.name,
        percent(figureOf(rival, "coverage")),
        percent(figureOf(rival, "popular-share")),
        `${figureOf(rival, "novelty").toFixed(1)} bits`,
      ]),
    },
  });
}

function lollipops(
  rivals: readonly Rival[],
  name: string,
  label: string,
  reference?: number,
): Plot.PlotOptions {
  const rows = rivals.map((rival) => ({
    name: rival.name,
    share: figureValue(rival.figures[name] ?? 0),
    colour: rival.isOurs ? "var(--accent)" : "var(--quiet)",
  }));
  return {
    height: 28 * rows.length + 50,
    marginLeft: 132,
    marginRight: 46,
    marginTop: 6,
    marginBottom: 42,
    x: {
      domain: [0, 1],
      ticks: 3,
      tickFormat: (share: number) => percent(share),
      label,
      labelArrow: "none",
      labelAnchor: "right",
    },
    y: { domain: rows.map((row) => row.name), label: null, tickSize: 0, tickPadding: 10 },
    marks: [
      Plot.ruleX([0], { stroke: "var(--axis)" }),
      ...(reference === undefined
        ? []
        : [Plot.ruleX([reference], { stroke: "var(--ink)", strokeDasharray: "3,3" })]),
      Plot.ruleY(rows, { y: "name", x1: 0, x2: "share", stroke: "colour", strokeWidth: 1.5 }),
      Plot.dot(rows, {
        y: "name",
        x: "share",
        r: 4.5,
        fill: "colour",
        title: (row) => `${row.name}: ${percent(row.share)}`,
      }),
      Plot.text(rows, {
        y: "name",
        x: "share",
        text: (row) => percent(row.share),
        dx: 10,
        textAnchor: "start",
        fill: "var(--ink)",
        stroke: "var(--card)",
        strokeWidth: 3,
      }),
    ],
  };
}

function sumOf(byBand: Readonly<Record<string, BandFigures>>, name: string): number {
  return bands.reduce((sum, band) => sum + (byBand[band]?.[name] ?? 0), 0);
}

function ratio(part: number | undefined, whole: number): number {
  return whole === 0 ? 0 : (part ?? 0) / whole;
}
