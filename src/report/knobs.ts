import type { TrialRecord } from "../tracking/record.ts";
import { isComparable, type PlacedTrial } from "./trials.ts";

/** A setting that differs between trials. */
export interface Knob {
  /** where it stands in a recipe, such as `als.unobservedWeight` */
  readonly path: string;
  readonly name: string;
  /** the values that were tried, rising, as they are shown */
  readonly labels: readonly string[];
  /** (trials): which of the values, aligned with the trials it was made of */
  readonly choices: readonly number[];
  /** share of the variance between trials that this setting alone explains */
  readonly worth: number;
  /** what a setting without any effect would explain on average, by its number of values */
  readonly byChance: number;
}

type Json = TrialRecord["recipe"];

/**
 * The settings that differ, the most telling first. Their worth is the main effect of a functional ANOVA: the
 * variance of the mean over all trials with each value, ÷ the variance of the trials (Hutter, Hoos and Leyton-Brown,
 * "An efficient approach for assessing hyperparameter importance", ICML 2014, computed from the trials themselves
 * instead of a forest fitted to them). Where trials had different budgets, places stand for values (the rank
 * transform of Conover and Iman, 1981).
 */
export function findKnobs(trials: readonly PlacedTrial[]): Knob[] {
  const recipes = trials.map(({ record }) => leavesOf(record.recipe));
  const paths = new Set(recipes.flatMap((leaves) => [...leaves.keys()]));
  const scores = trials.map(scoreBy(trials));
  const knobs = [...paths].flatMap((path) => {
    const texts = recipes.map((leaves) => JSON.stringify(leaves.get(path)) ?? "");
    const values = [...new Set(texts)].sort(byValue);
    if (values.length < 2) return [];
    const choices = texts.map((text) => values.indexOf(text));
    return [
      {
        path,
        name: nameOf(path),
        labels: values.map((text) => labelOf(path, text)),
        choices,
        worth: explainedShare(choices, values.length, scores),
        byChance: trials.length > 1 ? (values.length - 1) / (trials.length - 1) : 0,
      },
    ];
  });
  return knobs.sort((a, b) => b.worth - a.worth);
}

/** What trials are weighed by: their values, or, where these cannot be compared, their places, higher being better. */
export function scoreBy(trials: readonly PlacedTrial[]): (trial: PlacedTrial) => number {
  return isComparable(trials) ? ({ value }) => value : ({ place }) => trials.length + 1 - place;
}

/** Whether every combination of the settings' values was tried once: then what is left over is their interplay. */
export function isWholeGrid(knobs: readonly Knob[], trialCount: number): boolean {
  const size = knobs.reduce((product, { labels }) => product * labels.length, 1);
  const cells = new Set(
    Array.from({ length: trialCount }, (_, trial) => knobs.map(({ choices }) => choices[trial]).join()),
  );
  return size === trialCount && cells.size === trialCount;
}

/** Between-groups ÷ total sum of squares; 0 where nothing differs. */
function explainedShare(choices: readonly number[], groupCount: number, scores: readonly number[]): number {
  const mean = meanOf(scores);
  const total = scores.reduce((sum, score) => sum + (score - mean) ** 2, 0);
  // Equal figures differ by what their sum was rounded by.
  if (total <= scores.length * (1e-12 * mean) ** 2) return 0;
  let between = 0;
  for (let group = 0; group < groupCount; group++) {
    const own = scores.filter((_, trial) => choices[trial] === group);
    between += own.length * (meanOf(own) - mean) ** 2;
  }
  return Math.min(1, between / total);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Every number, text and null of a recipe under its path. Lists count as one value. */
function leavesOf(json: Json, path = ""): Map<string, Json> {
  if (json === null || typeof json !== "object" || Array.isArray(json)) return new Map([[path, json]]);
  return new Map(
    Object.entries(json).flatMap(([key, value]) => [
      ...leavesOf(value, path === "" ? key : `${path}.${key}`),
    ]),
  );
}

/** Numbers first and rising, then texts, then what is not set: a half-life without end. */
function byValue(a: string, b: string): number {
  const rank = (text: string): number =>
    text === "" || text === "null" ? 2 : Number.isNaN(Number(text)) ? 1 : 0;
  const order = rank(a) - rank(b);
  if (order !== 0) return order;
  return rank(a) === 0 ? Number(a) - Number(b) : a < b ? -1 : Number(a > b);
}

function labelOf(path: string, text: string): string {
  if (text === "") return "not set";
  const value: Json = JSON.parse(text);
  if (value === null) return path.includes("halfLife") ? "no end" : "none";
  return typeof value === "string" ? value : JSON.stringify(value);
}

const names: Readonly<Record<string, string>> = {
  "als.popularityExponent": "popularity exponent κ",
  "als.observedPopularityExponent": "observed popularity exponent ρ",
  "als.cgSteps": "CG steps",
  popularityExponent: "popularity exponent at serving",
  "confidence.halfLifeDays": "half-life, days",
};

/** `als.unobservedWeight` → "unobserved weight" */
function nameOf(path: string): string {
  const byType = /^confidence\.(halfLifeDays|weights)\.(.+)$/.exec(path);
  if (byType) return `${byType[1] === "weights" ? "weight" : "half-life, days"} of ${byType[2]}`;
  const last = path.slice(path.lastIndexOf(".") + 1);
  return names[path] ?? last.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
