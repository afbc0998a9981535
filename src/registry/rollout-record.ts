import { z } from "zod";
import type { Store } from "../store/store.ts";
import { channelEntry } from "./channel.ts";
import { keys, onlyOnce, RegistryError, readDocument, toJson } from "./documents.ts";

/** Where a rollout is: each names what is done next, so that whoever takes it up does that again. */
const phases = [
  ...["set-model", "publish", "check", "shift", "move-channel"],
  ...["go-back", "live", "gone-back"],
] as const;

/** A model on its way behind an alias, kept beside the channel that will name it. */
export const rolloutSchema = z.object({
  id: z.string(),
  channel: z.string(),
  function: z.string(),
  alias: z.string(),
  /** the stack that the function belongs to, where one is known */
  stack: z.string().optional(),
  /** the function that checks; absent: whoever drives checks by itself */
  checker: z.string().optional(),
  model: z.string(),
  /** what the alias served before: absent where that names no model */
  modelBefore: z.string().optional(),
  versionBefore: z.string(),
  /** of the function, once it is published */
  version: z.string().optional(),
  /** percent of the traffic, rising to 100 */
  steps: z.array(z.number().positive().max(100)).nonempty(),
  waitSeconds: z.number().nonnegative(),
  alarms: z.array(z.string()),
  /** share of the new version's invocations that may fail */
  errorShareMax: z.number().min(0).max(1),
  phase: z.enum(phases),
  /** the step that is being taken */
  step: z.int().nonnegative(),
  /** since when the alias is at that step; absent until it is */
  stepSince: z.iso.datetime().optional(),
  who: z.string(),
  why: z.string(),
  gate: channelEntry.shape.gate,
  /** why it went back */
  reason: z.string().optional(),
  startedAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  /** who drives it; absent once it was laid down in order */
  driver: z.object({ token: z.string(), who: z.string(), leaseUntil: z.iso.datetime() }).optional(),
  /** oldest first */
  history: z.array(z.object({ at: z.iso.datetime(), phase: z.enum(phases), note: z.string() })),
});

export type RolloutRecord = z.infer<typeof rolloutSchema>;
export type RolloutPhase = RolloutRecord["phase"];

/** Neither finished nor gone back: nobody else may move the channel or the alias. */
export function isUnderWay(record: RolloutRecord | undefined): record is RolloutRecord {
  return record !== undefined && record.phase !== "live" && record.phase !== "gone-back";
}

/** The last rollout of a channel, with its tag; `undefined` where there never was one. */
export async function readRollout(
  store: Store,
  channel: string,
): Promise<{ readonly value: RolloutRecord; readonly etag: string } | undefined> {
  return await readDocument(store, keys.rollout(channel), rolloutSchema);
}

/**
 * @param expected the tag of the record that was read, `undefined` where there was none
 * @throws ConflictError where somebody else has written it since
 */
export async function writeRollout(
  store: Store,
  record: RolloutRecord,
  expected: string | undefined,
): Promise<string> {
  const condition = expected === undefined ? onlyOnce : { ifMatch: expected };
  const bytes = toJson(rolloutSchema.parse(record));
  return (await store.put(keys.rollout(record.channel), bytes, condition)).etag;
}

/** The models that a rollout under way still needs: the new one, and the one to go back to. */
export function rolloutModels(record: RolloutRecord | undefined): string[] {
  if (!isUnderWay(record)) return [];
  return record.modelBefore === undefined ? [record.model] : [record.model, record.modelBefore];
}

/** @throws RegistryError where a rollout other than `own` is under way */
export function checkNotUnderWay(record: RolloutRecord | undefined, channel: string, own?: string): void {
  if (!isUnderWay(record) || record.id === own) return;
  throw new RegistryError(
    `a rollout of model ${record.model} is under way in channel "${channel}", by ${record.who} since ` +
      `${record.startedAt}: see "aisle rollout --status"; wait for it, or undo it with --abort`,
  );
}
