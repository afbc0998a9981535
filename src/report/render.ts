import { bestByValue } from "./best-by-value.ts";
import { curves } from "./curves.ts";
import { decision } from "./decision.ts";
import { examples } from "./examples.ts";
import { metricName, moment } from "./format.ts";
import type { ReportData } from "./gather.ts";
import { heatMap } from "./heat-map.ts";
import { Html, html } from "./html.ts";
import { findKnobs } from "./knobs.ts";
import { leaderboard } from "./leaderboard.ts";
import { pageStyle } from "./page-style.ts";
import { parallelCoordinates } from "./parallel.ts";
import { popularityBias } from "./popularity.ts";
import { dataProfile } from "./profile.ts";
import { summary } from "./summary.ts";
import { trialTable } from "./trial-table.ts";
import { criterionOf, placeTrials } from "./trials.ts";
import { knobWorth } from "./worth.ts";

/**
 * A page of its own: HTML with its style and its plots as SVG, without a script, that asks nobody for anything. Every
 * text from the data is escaped, and a policy in the page forbids scripts and requests all the same.
 */
export function renderReport(data: ReportData): string {
  const trials = placeTrials(data.trials);
  const sections: [id: string, title: string, content: Html][] = [
    ["leaderboard", "Leaderboard", leaderboard(data)],
    ["training", "Training", curves(data, trials)],
    ["settings", "Settings", settings(data)],
    ["popularity", "Popularity and coverage", popularityBias(data)],
    ["shoppers", "Three shoppers", examples(data)],
    ["data", "The data", dataProfile(data)],
    ["gate", "Gate and channel", decision(data)],
    ["made", "How it was made", provenance(data)],
  ];
  const title = `Run ${data.run.run}`;
  return `<!doctype html>
${html`<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${title}, aisle</title>
<style>${new Html(pageStyle)}</style>
</head>
<body>
<a class="skip" href="#leaderboard">Skip to the figures</a>
<header>
<p class="brand">aisle</p>
<h1>${title}</h1>
${summary(data, trials)}
<nav aria-label="Contents"><ol>${sections.map(([id, name]) => html`<li><a href="#${id}">${name}</a></li>`)}</ol></nav>
</header>
<main>
${sections.map(
  ([id, name, content]) => html`<section id="${id}"><h2>${name}</h2>
${content}
</section>
`,
)}</main>
<footer><p>Made by aisle ${data.run.program} on ${moment(data.madeAt)}.</p></footer>
</body>
</html>
`}`;
}

function settings(data: ReportData): Html {
  const trials = placeTrials(data.trials);
  const knobs = findKnobs(trials);
  const metric = metricName(criterionOf(data.run));
  const table = trialTable(data, trials, knobs);
  if (data.trials.length === 0) return html`<p class="absent">No trial of this run has ended yet.</p>`;
  if (knobs.length === 0) {
    const why =
      trials.length === 1
        ? "One trial alone: there is nothing to compare it with."
        : "No two trials with a result differ in a setting.";
    return html`<p class="absent">${why}</p>${table}`;
  }
  return html`${trials.length > 1 ? knobWorth(trials, knobs, metric) : ""}${bestByValue(trials, knobs, metric)}${
    knobs.length > 1 ? heatMap(trials, knobs, metric) : ""
  }${parallelCoordinates(trials, knobs, metric)}<h3>The trials</h3>${table}`;
}

/** What somebody needs to make the same again. */
function provenance({ run, model, result }: ReportData): Html {
  const facts: [string, string | undefined][] = [
    ["run", run.run],
    ["begun", moment(run.createdAt)],
    ["by", run.who],
    ["program", `aisle ${run.program}`],
    ["seed", String(run.seed)],
    ["search", run.search],
    ["events", run.data.source],
    ["digest of the events", run.data.digest],
    ["cut", run.data.split],
    ["model", result?.model],
    ["digest of the model", model?.model.sha256],
    ["settings", result && JSON.stringify(result.recipe)],
  ];
  return html`<dl class="provenance">${facts.flatMap(([name, value]) =>
    value === undefined ? [] : [html`<div><dt>${name}</dt><dd>${value}</dd></div>`],
  )}</dl>`;
}
