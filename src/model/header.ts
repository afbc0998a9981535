import { z } from "zod";
import type { AlsSettings } from "../als/objective.ts";
import { type ConfidenceProgram, checkConfidenceProgram } from "../interactions/confidence-program.ts";
import type { TensorFile } from "../tensors/safetensors.ts";
import { ModelFileError } from "./buffer.ts";

/** The newest that is read. It is written where an objective has terms of its own: who does not know them folds in wrongly. */
export const formatVersion = 4;
/** What is written where no reader needs to know more. */
export const plainVersion = 3;
/** Version 2 is version 3 without item tables, its neighbours by cosine. */
const readVersions: readonly number[] = [2, plainVersion, formatVersion];
/** The key of the one JSON string among the file's metadata. */
export const metadataKey = "aisle-model";

/**
 * How similar items are found: the cosine of their factors, fold-in of a history of one item, or the visits that they
 * share, filled up by fold-in.
 */
export const similarities = ["cosine", "fold-in", "shared-visits"] as const;
export type Similarity = (typeof similarities)[number];

const count = z.int().nonnegative();
const finite = z.number();
/** JSON knows no Infinity: a half-life of null is none. */
const halfLife = z.number().positive().nullable();

const alsSettings = z.object({
  factors: count,
  unobservedWeight: finite,
  regularization: finite,
  regularizationExponent: finite,
  popularityExponent: finite,
  observedPopularityExponent: finite,
  iterations: count,
  solver: z.enum(["cg", "exact"]),
  cgSteps: count,
  seed: z.int(),
}) satisfies z.ZodType<AlsSettings>;

const schema = z
  .object({
    formatVersion: z.literal([...readVersions]),
    rank: count,
    itemCount: count,
    userCount: count,
    /** Epoch seconds of the last event that the model was fitted on. */
    now: finite,
    /** SHA-256 of the interactions that it was fitted on. */
    dataDigest: z.string(),
    /** The largest norm of an item's stored factors; the scorer's proof asks for it. */
    largestNorm: finite.nonnegative(),
    /** Exponent e: stored item factors are the fitted ones × (users of the item)^e. */
    popularityExponent: finite,
    /** β: where nothing is hidden, an item of the user's past scores β × log(1 + r) more. Absent: not at all. */
    repeatWeight: finite.nonnegative().optional(),
    /** Absent: by cosine. */
    similarity: z.enum(similarities).optional(),
    /** Seconds that all times of the events are whole numbers of, 86,400 where they are days. Absent: not known. */
    timeResolution: count.optional(),
    confidence: z.object({
      program: z.unknown().transform((value, context): ConfidenceProgram => {
        try {
          return checkConfidenceProgram(value, "it");
        } catch (error) {
          context.addIssue({ code: "custom", message: (error as Error).message });
          return z.NEVER;
        }
      }),
      weights: z.record(z.string(), finite),
      halfLifeDays: z.union([halfLife, z.record(z.string(), halfLife)]),
      /** Event types of each bit of `history.type_bits`. */
      bitTypes: z.array(z.array(z.string())).max(8),
      purchaseBits: count.max(255),
    }),
    /** What fold-in asks of the objective; null where nothing was factorised. */
    objective: z
      .object({
        settings: alsSettings,
        /** Σw in a row's regularisation; 0 where that counts observed pairs alone. */
        itemWeightSum: finite,
        /**
         * Only of factors that another program fitted: an observed pair of weight a has a + square before yyᵀ and
         * a + linear before y, where our own objective has a before both.
         */
        observedTerms: z.object({ square: finite, linear: finite }).optional(),
      })
      .nullable(),
  })
  .refine(({ rank, objective }) => rank > 0 === (objective !== null), "factors and objective go together");

export type ModelHeader = z.infer<typeof schema>;
export type ObservedTerms = NonNullable<NonNullable<ModelHeader["objective"]>["observedTerms"]>;

/** @throws ModelFileError naming the file and the fields that are wrong */
export function readModelHeader(file: TensorFile, where: string): ModelHeader {
  const text = file.metadata[metadataKey];
  if (text === undefined) {
    throw new ModelFileError(
      `${where}: no "${metadataKey}" in its metadata: a safetensors file, but not a model`,
    );
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new ModelFileError(`${where}: "${metadataKey}" in its metadata is not JSON`, { cause });
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const version = (json as { formatVersion?: unknown } | null)?.formatVersion;
  if (typeof version === "number" && !readVersions.includes(version)) {
    const mend = version > formatVersion ? "update this program" : "train again";
    throw new ModelFileError(
      `${where}: format version ${version}, this program reads version ${formatVersion}: ${mend}`,
    );
  }
  throw new ModelFileError(`${where}: the model's header is damaged:\n${z.prettifyError(parsed.error)}`);
}
