import { leaderboardText } from "../evaluation/leaderboard.ts";
import type { Readiness } from "../interactions/readiness.ts";
import type { Trained, Watcher } from "../pipeline.ts";
import type { Released } from "../release.ts";
import type { Criterion } from "../training/criterion.ts";
import type { Recipe } from "../training/grid.ts";
import type { TrialOutcome } from "../training/trial.ts";
import type { Terminal } from "./terminal.ts";

/** Shows a training run on a terminal as it goes. */
export function watchTraining(terminal: Terminal): Watcher {
  let total = 0;
  let finished = 0;
  return {
    split: ({ sentence }) => terminal.say(sentence),
    trials: (count) => {
      total = count;
      terminal.progress("trials", 0, total);
    },
    iteration: (trial, { iteration, value }) => {
      const note = `trial ${trial}: iteration ${iteration}, ${value.toFixed(4)}`;
      if (finished < total) terminal.progress("trials", finished, total, note);
    },
    outcome: (outcome) => {
      finished++;
      // Of a search's cheap trials only the failed ones are worth a line.
      if (!outcome.fellOutAt) terminal.say(`${describeOutcome(outcome, total)}  (${finished} of ${total})`);
      terminal.progress("trials", finished, total);
    },
    stage: (name) => terminal.say(`… ${name}`),
  };
}

function describeOutcome({ trial, recipe, best, seconds, error }: TrialOutcome, total: number): string {
  // By the number that its record has.
  const place = `  trial ${String(trial).padStart(String(total - 1).length)}`;
  const settings = describeRecipe(recipe);
  if (!best) return `${place}  ${settings}  failed: ${error}`;
  return `${place}  ${settings}  ${best.value.toFixed(4)} after ${best.iteration} iterations  ${seconds.toFixed(1)} s`;
}

export function describeRecipe({ als, confidence: { halfLifeDays }, repeatWeight }: Recipe): string {
  const kappa = als.popularityExponent === 0 ? "" : `, κ ${als.popularityExponent}`;
  const repeats = repeatWeight ? `, repeats ${repeatWeight}` : "";
  const settings = `${als.factors} factors, α₀ ${als.unobservedWeight}, λ ${als.regularization}${kappa}${repeats}`;
  if (halfLifeDays === Number.POSITIVE_INFINITY) return settings;
  const days = typeof halfLifeDays === "number" ? `${halfLifeDays} days` : JSON.stringify(halfLifeDays);
  return `${settings}, half-life ${days}`;
}

export function describeReadiness(readiness: Readiness): string {
  const { events, users, items, pairs, days, repeatShare, warnings } = readiness;
  const span = days === undefined ? "without times" : `over ${Math.round(days)} days`;
  const counts = `${events} events ${span}: ${users} users × ${items} items, ${pairs} pairs, ${Math.round(repeatShare * 100)} % repeats`;
  return [counts, ...warnings.map((warning) => `! ${warning}`)].join("\n");
}

/** Both leaderboards, and what became of the model. */
export function describeResult(
  { contest, entrant, recipe, criterion }: Trained,
  { manifest, gate, promoted }: Released,
): string {
  const columns = boardColumns(entrant.report.ks, criterion);
  const boards = (["all", "new"] as const).map((task) => {
    const users = entrant.report.tasks[task]?.users.length ?? 0;
    const heading = `${task === "all" ? "all items" : "new items"}, ${users} users`;
    return leaderboardText(contest.rows(task), { heading, columns });
  });
  const measured = [contest.heldOut.sentence, "", boards.join("\n\n"), ""];
  return [
    // Empty boards would tell less.
    ...(contest.heldOut.users.length > 0 ? measured : []),
    recipe.imported
      ? describeImported(recipe)
      : `chosen: ${describeRecipe(recipe)}, ${recipe.als.iterations} iterations`,
    ...(manifest.run === undefined ? [] : [`run: ${manifest.run}, see aisle runs show ${manifest.run}`]),
    `${outcome(promoted, gate)} ${manifest.version}: ${gate.reason}`,
  ].join("\n");
}

function describeImported({ als, imported }: Recipe): string {
  const { factors, regularization, iterations } = als;
  const after = iterations > 0 ? `, ${iterations} iterations` : "";
  return `imported from ${imported?.by}: ${factors} factors, α ${imported?.alpha}, λ ${regularization}${after}`;
}

function outcome(promoted: boolean, { decision }: Released["gate"]): string {
  if (promoted) return "promoted";
  return decision === "promote" ? "published, to be rolled out," : "not promoted";
}

/** What chose comes first; then a few at the same length, and recall over the longest list. */
function boardColumns(ks: readonly number[], { metric, k }: Criterion): string[] {
  const wide = ks.includes(20) ? 20 : Math.max(...ks);
  const columns = [
    `${metric}@${k}`,
    `ndcg@${k}`,
    `recall@${wide}`,
    `precision@${k}`,
    `mrr@${k}`,
    `coverage@${k}`,
  ];
  return [...new Set(columns)];
}

/** What `train --json` prints. */
export function resultDocument(trained: Trained, { manifest, gate, promoted }: Released, seconds: number) {
  const { version, run, metrics, baselines } = manifest;
  const { recipe: settings, split, contest, criterion: chosenBy, outcomes } = trained;
  const { method, leaking, sentence } = split;
  const evaluation = { split: { method, leaking, sentence }, target: contest.heldOut.target, chosenBy };
  const trials = outcomes.map(({ judged: _, ...trial }) => trial);
  return { version, run, promoted, settings, metrics, baselines, gate, seconds, evaluation, trials };
}
