import { figureValue } from "../evaluation/metrics.ts";
import { count, counted, duration, endsOf, fixed, metricName, percent, taskName } from "./format.ts";
import type { ReportData } from "./gather.ts";
import { type Content, type Html, html } from "./html.ts";
import { criterionOf, type PlacedTrial } from "./trials.ts";

interface Fact {
  readonly name: string;
  readonly value: string;
  readonly aside?: string | undefined;
}

/** What came of the run, in a sentence and a few figures. */
export function summary(data: ReportData, trials: readonly PlacedTrial[]): Html {
  const facts = [testFact(data), liftFact(data), trialsFact(data), timeFact(data), eventsFact(data)];
  return html`<p class="lede">${sentence(data, trials)}</p>
<dl class="facts">${facts.flatMap((fact) =>
    fact === undefined
      ? []
      : [
          html`<div><dt>${fact.name}</dt><dd>${fact.value}</dd>${fact.aside === undefined ? "" : html`<dd class="aside">${fact.aside}</dd>`}</div>`,
        ],
  )}</dl>`;
}

function sentence({ run, trials: records, result }: ReportData, trials: readonly PlacedTrial[]): Content {
  if (result === undefined) {
    const best =
      trials[0] &&
      ` The best so far, trial ${trials[0].record.trial}, has ${fixed(trials[0].value)} on validation.`;
    return `This run is under way, or it was interrupted: ${records.length} of ${counted(run.trialCount, "trial")} have ended, and no model came of it yet.${best ?? ""}`;
  }
  const chosen =
    result.trial === undefined
      ? "Its settings were taken untried, since validation could not choose"
      : `Trial ${result.trial} of ${count(run.trialCount)} was chosen by ${metricName(criterionOf(run))} on ${taskName(run.criterion.task)}`;
  return html`${chosen}, and became model <code>${result.model}</code>. ${
    result.gate === undefined
      ? ""
      : result.gate.decision === "promote"
        ? html`The gate let it into channel <em>${result.gate.channel}</em>.`
        : html`The gate kept it out of channel <em>${result.gate.channel}</em>.`
  }`;
}

function figuresOf({ run, result }: ReportData) {
  const { task } = run.criterion;
  const name = criterionOf(run);
  return { ours: result?.metrics?.[task]?.[name], popularity: result?.baselines.popularity?.[task]?.[name] };
}

function testFact(data: ReportData): Fact | undefined {
  const { ours } = figuresOf(data);
  if (ours === undefined) return undefined;
  const { low, high } = endsOf(ours);
  return {
    name: `${metricName(criterionOf(data.run))} on the test part`,
    value: fixed(figureValue(ours)),
    aside: low === high ? undefined : `95 % interval ${fixed(low)} to ${fixed(high)}`,
  };
}

function liftFact(data: ReportData): Fact | undefined {
  const { ours, popularity } = figuresOf(data);
  if (ours === undefined || popularity === undefined || figureValue(popularity) === 0) return undefined;
  return {
    name: "the popularity baseline's figure",
    value: `${(figureValue(ours) / figureValue(popularity)).toFixed(1)} ×`,
    aside: `that is ${fixed(figureValue(popularity))}`,
  };
}

function trialsFact({ run, trials }: ReportData): Fact {
  const of = (outcome: string): number => trials.filter((trial) => trial.outcome === outcome).length;
  const parts = [
    `${of("finished")} to the end`,
    ...(of("fell-out") > 0 ? [`${of("fell-out")} fell out`] : []),
    ...(of("failed") > 0 ? [`${of("failed")} failed`] : []),
  ];
  return {
    name: run.search === "halving" ? "settings tried, by halving" : "settings tried",
    value:
      trials.length < run.trialCount
        ? `${count(trials.length)} of ${count(run.trialCount)}`
        : count(trials.length),
    aside: parts.join(", "),
  };
}

function timeFact({ result, trials }: ReportData): Fact {
  const inTrials = trials.reduce((sum, { seconds }) => sum + seconds, 0);
  return result
    ? {
        name: "from events to a model",
        value: duration(result.seconds),
        aside: `${duration(inTrials)} of trials, side by side`,
      }
    : { name: "spent in trials", value: duration(inTrials) };
}

function eventsFact({ run }: ReportData): Fact {
  const { profile, data } = run;
  return {
    name: "events",
    value: count(data.eventCount),
    aside:
      profile &&
      `${count(profile.userCount)} users, ${count(profile.itemCount)} items, ${percent(profile.repeatShare)} repeats`,
  };
}
