import { standardBaselines } from "../evaluation/baselines/standard.ts";
import { Contest } from "../evaluation/contest.ts";
import { chooseTarget } from "../evaluation/held-out.ts";
import { recommendByModel } from "../evaluation/model-recommend.ts";
import { aggregate } from "../interactions/aggregate-by-formula.ts";
import type { ConfidenceSettings } from "../interactions/confidence.ts";
import type { EventLog } from "../interactions/event-log.ts";
import { type HoldOutOptions, holdOut } from "../interactions/holdout.ts";
import { joinLogs } from "../interactions/joined-log.ts";
import type { Similarity } from "../model/header.ts";
import type { Trained, TrainingOrder } from "../pipeline.ts";
import { criterionFor } from "../training/criterion.ts";
import type { Fitted } from "../training/fit.ts";
import { checkRows, describeRows } from "./check-rows.ts";
import { ImportedEquation } from "./equation.ts";
import { ExchangeError } from "./exchange-error.ts";
import { fitImported, type ImportedRecipe } from "./fit-imported.ts";
import {
  alsSettingsOf,
  checkImportedSettings,
  type ImportedFactors,
  type ImportedSettings,
} from "./imported-factors.ts";

export interface ImportOrder {
  readonly factors: ImportedFactors;
  readonly settings: ImportedSettings;
  readonly confidence: ConfidenceSettings;
  /** whose rows are served: the file's own, or the solutions of the file's equation */
  readonly users: "given" | "solved";
  readonly similarity: Similarity;
  /** of the same settings, fitted to all events: what is served once `factors` were measured */
  readonly served?: ImportedFactors | undefined;
}

/** How imported factors are measured: what of an order of training is left. */
export type MeasuringOrder = Pick<
  TrainingOrder,
  "seed" | "holdOut" | "choice" | "ks" | "threads" | "signal" | "target"
>;

/** An imported model, ready to be released as a trained one is. */
export interface Imported {
  readonly trained: Trained;
  readonly order: TrainingOrder;
  /** what was found on the way, in sentences */
  readonly notes: readonly string[];
}

/**
 * Imported factors as a model, measured as ours are: what is hidden from the events must have been hidden from the
 * factors too, which is checked and not believed. Nothing is searched and nothing validated; the fitted part is all
 * that lies before the test.
 * @throws ExchangeError on factors that belong to other events or have seen hidden ones; HoldOutError
 */
export async function importModel(
  events: EventLog,
  from: ImportOrder,
  measuring: MeasuringOrder,
): Promise<Imported> {
  checkImportedSettings(from.settings, from.factors.where);
  const split = holdOut(events, { ...cutOf(measuring.holdOut), seed: measuring.seed });
  const known = joinLogs(split.train, split.validation);
  const recipe = recipeOf(from);
  const hidden = split.test.length > 0 ? joinLogs(known, split.test) : undefined;
  const scored = take(known, hidden, from.factors, recipe);
  const served = from.served && takeServed(events, from, recipe, split.method);
  const target = measuring.target ?? chooseTarget(split.test);
  const contest = new Contest(known, scored.fitted.interactions, split.test, { ...measuring, target });
  const name = `imported (${from.factors.by === "spark" ? "Spark's ALS" : "implicit's ALS"})`;
  // Records know what is released by this name, wherever it was fitted.
  const entrant = contest.enter("aisle", name, recommendByModel(scored.fitted.model));
  await contest.enterBaselines(standardBaselines, measuring.signal);
  const criterion = criterionFor(measuring.choice, known, target);
  const models = { scored: scored.fitted, served: (served ?? scored).fitted };
  const trained = { recipe, criterion, split, outcomes: [], contest, entrant, ...models };
  const order = {
    ...measuring,
    base: recipe,
    grid: { als: {} },
    memoryBytes: 0,
    refit: served !== undefined,
  };
  return {
    trained,
    order,
    notes: [...scored.notes, ...(served?.notes.map((note) => `served: ${note}`) ?? [])],
  };
}

/** Without a cut or a file nothing is held out: shares would cut where the factors were not cut. */
function cutOf(holdOut: Omit<HoldOutOptions, "seed">): Omit<HoldOutOptions, "seed"> {
  const isCut = holdOut.testFrom !== undefined || holdOut.holdout !== undefined;
  return isCut ? holdOut : { ...holdOut, testFraction: 0, validationFraction: 0 };
}

function recipeOf({
  factors: { by, rank },
  settings,
  confidence,
  users,
  similarity,
}: ImportOrder): ImportedRecipe {
  return {
    confidence,
    als: alsSettingsOf(by, rank, settings),
    popularityExponent: 0,
    similarity,
    imported: { by, alpha: settings.alpha, users },
  };
}

function takeServed(
  events: EventLog,
  { factors, served }: ImportOrder,
  recipe: ImportedRecipe,
  method: Trained["split"]["method"],
) {
  if (!served) return undefined;
  if (method === "file") {
    throw new ExchangeError(
      `${served.where}: with --holdout no fit may read the hidden file, so nothing else is served`,
    );
  }
  if (served.rank !== factors.rank) {
    throw new ExchangeError(
      `${served.where} has ${served.rank} factors, ${factors.where} has ${factors.rank}: what is served is to have the ` +
        "settings of what was measured",
    );
  }
  return take(events, undefined, served, recipe);
}

function take(
  log: EventLog,
  all: EventLog | undefined,
  factors: ImportedFactors,
  recipe: ImportedRecipe,
): { fitted: Fitted; notes: string[] } {
  const fitted = aggregate(log, recipe.confidence);
  const everything = all && aggregate(all, recipe.confidence);
  const equation = new ImportedEquation(factors, recipe.als, recipe.imported.alpha);
  const check = checkRows(factors, equation, { fitted, everything });
  const extra = (["users", "items"] as const)
    .map((side) => ({ side, count: factors[side].ids.count - fitted[side].count }))
    .filter(({ count }) => count > 0)
    .map(({ side, count }) => `${count} ${side} have factors and no events: they are left out`);
  return {
    fitted: fitImported(log, fitted, factors, recipe),
    notes: [describeRows(check, factors, recipe.imported.users), ...extra],
  };
}
