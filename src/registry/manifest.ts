import { z } from "zod";

/** A metric alone, or with its 95 % interval. */
export const figure = z.union([
  z.number(),
  z.object({ value: z.number(), low: z.number(), high: z.number() }),
]);
const figures = z.record(z.string(), figure);
const byTask = z.object({ all: figures.optional(), new: figures.optional() });

/** A digest over a whole object and over each of its chunks, so that a damaged place is found while reading on. */
export const digests = z
  .object({
    byteLength: z.int().nonnegative(),
    /** SHA-256 of the chunk digests joined, in hexadecimal */
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    chunkBytes: z.int().positive(),
    chunks: z.array(z.string().regex(/^[0-9a-f]{64}$/)),
  })
  // Bytes that no digest covers would be believed.
  .refine(({ byteLength, chunkBytes, chunks }) => chunks.length === Math.ceil(byteLength / chunkBytes), {
    error: "the digests do not cover the bytes",
  });

/** What is known of a model: written last, so that a version without one is not there. */
export const manifestSchema = z.object({
  version: z.string(),
  createdAt: z.iso.datetime(),
  /** the version of the program that made it */
  program: z.string(),
  model: digests,
  rank: z.int().nonnegative(),
  userCount: z.int().nonnegative(),
  itemCount: z.int().nonnegative(),
  /** the key under which users' ids are hidden; absent where they are not */
  pseudonyms: z.string().optional(),
  /** what the factors were computed with: plain SIMD gives equal bytes on every machine; absent without factors */
  arithmetic: z.enum(["simd128", "relaxed-simd"]).optional(),
  /** the run that it was chosen in, whose records lie under `runs/` */
  run: z.string().optional(),
  /** all that decides a model but the data */
  recipe: z.json(),
  seed: z.int(),
  /** the events: how they were named, how many, what they were, and how they were cut */
  data: z.object({
    source: z.string(),
    eventCount: z.int().nonnegative(),
    digest: z.string(),
    split: z.string(),
  }),
  /** what each fit has seen: whoever evaluates later can tell what is no test for it */
  fits: z.array(
    z.object({
      name: z.enum(["validated", "scored", "served"]),
      digest: z.string(),
      eventCount: z.int().nonnegative(),
      /** epoch seconds; absent where the data has no times */
      lastEvent: z.number().optional(),
    }),
  ),
  /** on the test part, by the scored fit; absent where nothing was held out */
  metrics: byTask
    .extend({
      segments: z.record(z.string(), byTask),
      /** by task, then head, middle and tail of the items */
      byPopularity: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.number()))).optional(),
      /** under Amazon Personalize's names */
      personalize: z.record(z.string(), z.number()).optional(),
    })
    .optional(),
  baselines: z.record(z.string(), byTask).default({}),
  /** what the served model answered when it was made */
  golden: z.array(z.object({ userId: z.string().optional(), items: z.array(z.string()) })).default([]),
});

export type Manifest = z.infer<typeof manifestSchema>;

/** What the caller knows; the registry adds the version and the digests. */
export type ManifestParts = Omit<Manifest, "version" | "createdAt" | "model">;

/** What each test user's list was worth, kept beside the model: a later comparison on the same cut is paired. */
export const testRecordSchema = z.object({
  /** names the fitted and the hidden part: records with the same cut have the same users in the same order */
  cut: z.string(),
  /** what was measured, such as `ndcg@10 on new items` */
  metric: z.string(),
  /** (users), of the model and of the popularity baseline */
  model: z.array(z.number()),
  popularity: z.array(z.number()),
});

export type TestRecord = z.infer<typeof testRecordSchema>;
