import { z } from "zod";
import { defaultConfidence } from "../interactions/confidence.ts";
import { isKey } from "../store/store.ts";
import { searchMethods } from "../training/halving.ts";
import type { TrainingChoices } from "../training-order.ts";

const values = z.array(z.number()).min(1).optional();
const byName = z.record(z.string().min(1), z.number());
const share = z.number().min(0).max(1).optional();
const moment = z.iso
  .datetime()
  .or(z.iso.date())
  .transform((text) => Date.parse(text) / 1000)
  .optional();
/** A key of the registry's store, or the beginning of several. */
const place = z
  .string()
  .refine((text) => isKey(text.replace(/\/$/, "")), "a key, or a folder such as events/");

const schema = z.strictObject({
  /** files of events beside the models, and folders of them */
  events: z.array(place).min(1).default(["events/"]),
  columns: z.partialRecord(z.enum(["user", "item", "event", "time", "value"]), z.string().min(1)).optional(),
  maxBad: z.number().min(0).max(1).default(0.01),
  policy: z.enum(["cautious", "permissive"]).optional(),
  weights: byName.optional(),
  confidence: z.string().min(1).default(defaultConfidence.formula),
  param: z.record(z.string().min(1), z.array(z.number()).min(1)).optional(),
  halfLife: z.number().positive().or(byName).optional(),
  ...{ factors: values, unobservedWeight: values, regularization: values, regularizationExponent: values },
  ...{ popularityExponent: values, observedPopularityExponent: values, iterations: values, cgSteps: values },
  servingPopularityExponent: values,
  solver: z.enum(["cg", "exact"]).optional(),
  search: z.enum(searchMethods).default("halving"),
  trials: z.int().positive().optional(),
  seed: z.int().nonnegative().default(1),
  split: z.enum(["time", "last-basket", "last-rows", "lists"]).optional(),
  ...{ testFrom: moment, validationFrom: moment, testShare: share, validationShare: share },
  target: z.enum(["purchase", "any"]).optional(),
  selectBy: z.string().default("ndcg@10"),
  k: z.array(z.int().positive()).min(1).default([5, 10, 20, 25]),
  refit: z.boolean().default(true),
});

/** What an execution is started with: the options of `aisle train` in camel case, and which events of the bucket. */
export type TrainingRequest = z.infer<typeof schema>;

/** A request that cannot be carried out as it is. */
export class TrainingRequestError extends Error {
  override name = "TrainingRequestError";
}

/** @throws TrainingRequestError naming every wrong place at once */
export function parseRequest(input: unknown): TrainingRequest {
  const parsed = schema.safeParse(input ?? {});
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join(".") || "it"}: ${message}`);
  throw new TrainingRequestError(
    `the execution's input is no request for training: ${problems.join("; ")}; docs/training-on-aws.md lists what it may say`,
  );
}

/** The part that says how to train. */
export function choicesOf(request: TrainingRequest): TrainingChoices {
  const { events: _, columns: __, maxBad: ___, policy: ____, ...choices } = request;
  return Object.fromEntries(
    Object.entries(choices).filter(([, value]) => value !== undefined),
  ) as unknown as TrainingChoices;
}
