import * as Plot from "@observablehq/plot";
import { figure, type Size, tableOf } from "./figure.ts";
import { counted, metricName, moment } from "./format.ts";
import type { ReportData } from "./gather.ts";
import { type Content, type Html, html } from "./html.ts";
import { criterionOf } from "./trials.ts";

/** So many of the channel's last moves are shown. */
const movesMax = 30;
const questionsMax = 12;

/** What the gate answered, what it went by then and before, and how the channel came to what it serves. */
export function decision(data: ReportData): Html {
  const { result, channel } = data;
  const asked = questionsOf(data);
  return html`${
    result?.gate ? verdict(result.gate) : html`<p class="absent">The gate was not asked about this run.</p>`
  }${asked.length > 0 ? differences(data, asked) : ""}${history(channel)}`;
}

type Gate = NonNullable<NonNullable<ReportData["result"]>["gate"]>;

function verdict({ decision, reason, channel }: Gate): Html {
  const isIn = decision === "promote";
  return html`<div class="verdict ${isIn ? "in" : "out"}"><p><strong>${
    isIn ? "Fit to go live" : "Held back"
  }</strong> in channel <em>${channel}</em></p><p>${reason}</p></div>`;
}

/** A difference that the gate decided by. */
interface Question {
  readonly name: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly colour: string;
  readonly words: string;
}

/** This run's and those of the channel's history, newest first. */
function questionsOf({ result, channel }: ReportData): Question[] {
  const own = result?.gate?.difference;
  const earlier = channel.history.flatMap(({ at, model, gate }) =>
    gate?.difference === undefined || model === result?.model
      ? []
      : [question(at.slice(0, 19).replace("T", " "), gate.difference, "var(--quiet)")],
  );
  return [
    ...(own ? [question("this run", own, "var(--accent)")] : []),
    ...earlier.reverse().slice(0, questionsMax),
  ];
}

function question(
  name: string,
  { value, low, high }: NonNullable<Gate["difference"]>,
  colour: string,
): Question {
  return {
    name,
    value,
    low,
    high,
    colour,
    words: `${name}: ${signed(value)} (${signed(low)} to ${signed(high)})`,
  };
}

function signed(value: number): string {
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(4)}`;
}

function differences({ run }: ReportData, asked: readonly Question[]): Html {
  const metric = metricName(criterionOf(run));
  return figure({
    title: "What the gate went by",
    note: `The difference to what was live, or to the popularity baseline where nothing was, both fitted and measured on the
same cut, with its 95 % paired interval over users. New settings go live when the whole interval is above zero.`,
    label: `Differences in ${metric}: ${asked.map(({ words }) => words).join("; ")}.`,
    plots: [(size) => differencePlot(asked, metric, size)],
    table: {
      caption: "Differences that the gate went by",
      heads: ["asked", "difference", "from", "to"],
      rows: asked.map(({ name, value, low, high }) => [name, signed(value), signed(low), signed(high)]),
    },
  });
}

function differencePlot(asked: readonly Question[], metric: string, { isNarrow }: Size): Plot.PlotOptions {
  return {
    height: 30 * asked.length + 54,
    marginLeft: isNarrow ? 134 : 160,
    marginRight: 66,
    marginTop: 8,
    marginBottom: 44,
    x: {
      ...{ label: `difference in ${metric}`, labelAnchor: "right", labelArrow: "none" },
      ...{ ticks: isNarrow ? 3 : 7, zero: true, nice: true },
    },
    y: { domain: asked.map(({ name }) => name), label: null, tickSize: 0, tickPadding: 10 },
    marks: [
      Plot.ruleX([0], { stroke: "var(--ink)" }),
      Plot.ruleY(asked, {
        ...{ y: "name", x1: "low", x2: "high", stroke: "colour" },
        ...{ strokeWidth: 5, strokeOpacity: 0.35, strokeLinecap: "round" },
      }),
      Plot.dot(asked, { y: "name", x: "value", r: 5, fill: "colour", title: "words" }),
      Plot.text(asked, {
        ...{ y: "name", x: "high", dx: 12, textAnchor: "start", fill: "colour" },
        text: ({ value }: Question) => signed(value),
      }),
    ],
  };
}

function history({ name, live, history }: ReportData["channel"]): Html {
  if (history.length === 0) return html`<p class="absent">Channel ${name} has no history yet.</p>`;
  const shown = history.slice(-movesMax).reverse();
  const earlier = history.length - shown.length;
  return html`<h3>Channel ${name}</h3>
<p>${live === undefined ? "It names no model." : html`It serves <code>${live}</code>.`}${
    earlier > 0 ? ` The last ${movesMax} of its moves; ${counted(earlier, "earlier one")} not shown.` : ""
  }</p>${tableOf({
    caption: `What happened in channel ${name}, the latest first`,
    isText: true,
    heads: ["when", "what", "version", "who", "why"],
    rows: shown.map((entry): Content[] => [
      moment(entry.at),
      entry.action,
      html`<code>${entry.model ?? entry.catalog ?? entry.rules ?? "–"}</code>`,
      entry.who,
      html`<span class="why">${entry.why}${
        entry.gate?.forced === undefined ? "" : html` <span class="mark">forced</span>`
      }</span>`,
    ]),
  })}`;
}
