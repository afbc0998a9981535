import type { AlsSettings } from "../als/objective.ts";
import { areFinite } from "../math/finite.ts";
import type { IdTable } from "../math/id-table.ts";
import type { ObservedTerms } from "../model/header.ts";
import type { Recipe } from "../training/grid.ts";
import { ExchangeError } from "./exchange-error.ts";

export type Source = NonNullable<Recipe["imported"]>["by"];

/** Vectors by id. */
export interface FactorRows {
  readonly ids: IdTable;
  /** (ids, rank), row-major */
  readonly vectors: Float32Array;
}

/** What another program fitted. */
export interface ImportedFactors {
  readonly by: Source;
  /** where it was read, for errors */
  readonly where: string;
  readonly rank: number;
  readonly users: FactorRows;
  readonly items: FactorRows;
}

/** What a program was told when it fitted. */
export interface ImportedSettings {
  /** α: the confidence c of a pair is multiplied by it */
  readonly alpha: number;
  /** λ */
  readonly regularization: number;
  readonly iterations?: number | undefined;
  readonly seed?: number | undefined;
}

/** What a file says of them. */
export type SaidSettings = { readonly [Name in keyof ImportedSettings]?: number | undefined };

/**
 * What each program puts where our objective has a, with a = αc, and how it regularises a row of n pairs. All pairs
 * weigh 1 besides, in both.
 *
 * Spark's implicit ALS (Hu, Koren, Volinsky 2008, with the weighted λ of ALS-WR):
 *     (YᵀY + Σ αc yyᵀ + λn I) x = Σ (1 + αc) y
 * implicit's, which takes αc for the whole confidence and not for what exceeds 1:
 *     (YᵀY + Σ (αc − 1) yyᵀ + λ I) x = Σ αc y
 */
const objectives: Readonly<Record<Source, { readonly terms: ObservedTerms; readonly exponent: 0 | 1 }>> = {
  spark: { terms: { square: 0, linear: 1 }, exponent: 1 },
  implicit: { terms: { square: -1, linear: 0 }, exponent: 0 },
};

export function termsOf(by: Source): ObservedTerms {
  return objectives[by].terms;
}

/** A program's settings in our own words. Only what fold-in asks for and what tells one fit from another is true there. */
export function alsSettingsOf(by: Source, rank: number, settings: ImportedSettings): AlsSettings {
  return {
    factors: rank,
    unobservedWeight: 1,
    regularization: settings.regularization,
    regularizationExponent: objectives[by].exponent,
    popularityExponent: 0,
    observedPopularityExponent: 0,
    iterations: settings.iterations ?? 0,
    solver: by === "spark" ? "exact" : "cg",
    cgSteps: 3,
    seed: settings.seed ?? 0,
  };
}

/** @throws ExchangeError on settings with which no equation can be solved */
export function checkImportedSettings({ alpha, regularization }: ImportedSettings, where: string): void {
  const wrong = Object.entries({ alpha, regularization }).find(
    ([, value]) => !(value > 0 && Number.isFinite(value)),
  );
  if (wrong)
    throw new ExchangeError(
      `${where}: ${wrong[0]} is ${wrong[1]}, not a number above 0: name it by --${wrong[0]}`,
    );
}

/** @throws ExchangeError naming the first row that holds NaN or infinity */
export function checkFinite(what: string, { ids, vectors }: FactorRows, rank: number): void {
  if (areFinite(vectors)) return;
  const at = vectors.findIndex((value) => !Number.isFinite(value));
  throw new ExchangeError(
    `${what}: factor ${(at % rank) + 1} of "${ids.id(Math.floor(at / rank))}" is ${vectors[at]}: the fit diverged, ` +
      "raise its regularization",
  );
}

/** @throws ExchangeError where factors of users and of items cannot be multiplied */
export function checkRanks(where: string, users: number, items: number): void {
  if (users === items) return;
  throw new ExchangeError(
    `${where}: users have ${users} factors and items ${items}: both are to come from one fit`,
  );
}
