import * as Plot from "@observablehq/plot";
import type { Run } from "../tracking/record.ts";
import { byDay, momentsOf } from "./days.ts";
import { figure } from "./figure.ts";
import { count, counted, percent } from "./format.ts";
import type { ReportData } from "./gather.ts";
import { type Html, html } from "./html.ts";

type Profile = NonNullable<Run["profile"]>;
type Tail = Profile["longTail"];

/** What the run learnt from, in sums that name nobody. */
export function dataProfile({ run, model }: ReportData): Html {
  const { profile, data } = run;
  if (profile === undefined) {
    return html`<p>${count(data.eventCount)} events from <code>${data.source}</code>. <span class="aside">${data.split}</span></p>
<p class="absent">No profile of the data was kept with this run.</p>`;
  }
  const { userCount, itemCount, pairCount, repeatShare, eventsByDay = [] } = profile;
  const filled = pairCount / Math.max(1, userCount * itemCount);
  const facts: [string, string][] = [
    ["events", count(data.eventCount)],
    ["users", count(userCount)],
    ["items", count(itemCount)],
    ["pairs of user and item", count(pairCount)],
    ["of all possible pairs", percent(filled)],
    ["of the events repeat a pair", percent(repeatShare)],
  ];
  return html`<p>From <code>${data.source}</code>.</p>
<dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
${eventsByDay.length > 1 ? byDay(eventsByDay, momentsOf(model)) : html`<p class="absent">The events have no days to tell apart.</p>`}
${longTailAndTypes(profile)}`;
}

function longTailAndTypes({ longTail, types }: Profile): Html {
  const tail = [{ items: 0, events: 0 }, ...longTail.filter(({ items }) => items > 0)];
  const rows = Object.entries(types)
    .map(([type, of]) => ({ type, count: of }))
    .sort((a, b) => b.count - a.count);
  const at = [0.01, 0.05, 0.1, 0.2, 0.5];
  const shown = rows.slice(0, 12);
  return figure({
    title: "The long tail, and what people did",
    note: html`First items by falling popularity, and the share of all events that they make together; the dashed line is a
shop without favourites. Then events by type.`,
    label: `The most popular 20 % of the items make ${percent(eventsOf(tail, 0.2))} of the events. Most events are of the type ${rows[0]?.type ?? "unknown"}.`,
    plots: [() => tailPlot(tail), () => typesPlot(shown)],
    table: {
      caption: "Share of the events that the most popular items make, and events by type",
      heads: ["", "value"],
      rows: [
        ...at.map((items) => [
          `the most popular ${percent(items)} of the items`,
          `${percent(eventsOf(tail, items))} of the events`,
        ]),
        ...rows.map((row) => [row.type, counted(row.count, "event")]),
      ],
    },
  });
}

/** The curve between its points. */
function eventsOf(tail: Tail, items: number): number {
  const next = tail.findIndex((point) => point.items >= items);
  if (next <= 0) return next === 0 ? tail[0].events : (tail.at(-1)?.events ?? 0);
  const [a, b] = [tail[next - 1], tail[next]];
  return a.events + ((b.events - a.events) * (items - a.items)) / (b.items - a.items);
}

function tailPlot(tail: Tail): Plot.PlotOptions {
  const mark = { items: 0.2, events: eventsOf(tail, 0.2) };
  const axis = {
    domain: [0, 1],
    ticks: 5,
    tickFormat: (share: number) => percent(share),
    labelArrow: "none",
  } as const;
  return {
    height: 290,
    marginLeft: 60,
    marginRight: 20,
    marginTop: 30,
    marginBottom: 44,
    x: { ...axis, label: "share of the items", labelAnchor: "right" },
    y: { ...axis, label: "share of the events", labelAnchor: "top" },
    marks: [
      Plot.gridY({ stroke: "var(--line)", strokeOpacity: 1, ticks: 5 }),
      Plot.line(
        [
          [0, 0],
          [1, 1],
        ],
        { stroke: "var(--quiet)", strokeDasharray: "3,3", strokeWidth: 1 },
      ),
      Plot.areaY(tail, { x: "items", y: "events", fill: "var(--accent)", fillOpacity: 0.12 }),
      Plot.lineY(tail, { x: "items", y: "events", stroke: "var(--accent)", strokeWidth: 2 }),
      Plot.dot([mark], { x: "items", y: "events", r: 4, fill: "var(--accent)" }),
      Plot.text([mark], {
        x: "items",
        y: "events",
        text: () => `20 % of the items,\n${percent(mark.events)} of the events`,
        dx: 10,
        dy: 16,
        textAnchor: "start",
        fill: "var(--ink)",
        stroke: "var(--card)",
        strokeWidth: 4,
      }),
    ],
  };
}

function typesPlot(rows: readonly { readonly type: string; readonly count: number }[]): Plot.PlotOptions {
  const short = (type: string): string => (type.length > 18 ? `${type.slice(0, 17)}…` : type);
  return {
    height: Math.max(110, 36 * rows.length + 50),
    marginLeft: 124,
    marginRight: 62,
    marginTop: 30,
    marginBottom: 20,
    x: { axis: null, zero: true },
    y: {
      domain: rows.map(({ type }) => type),
      label: null,
      tickSize: 0,
      tickPadding: 10,
      tickFormat: short,
      padding: 0.4,
    },
    marks: [
      Plot.barX(rows, {
        y: "type",
        x: "count",
        fill: "var(--accent)",
        title: (row) => `${row.type}: ${count(row.count)}`,
      }),
      Plot.text(rows, {
        y: "type",
        x: "count",
        text: (row) => count(row.count),
        dx: 6,
        textAnchor: "start",
        fill: "var(--ink)",
      }),
      Plot.ruleX([0], { stroke: "var(--axis)" }),
    ],
  };
}
