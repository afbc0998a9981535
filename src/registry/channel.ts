import { z } from "zod";
import { keys, RegistryError } from "./documents.ts";

/** A difference with the ends of its 95 % interval, challenger − champion; relative, ÷ the champion's figure. */
const difference = z.object({ value: z.number(), low: z.number(), high: z.number() });

/** What the gate said, and what it went by. */
export const gateRecord = z.object({
  decision: z.enum(["promote", "hold"]),
  reason: z.string(),
  /** the reason of whoever overruled it */
  forced: z.string().optional(),
  difference: difference.extend({ relative: difference.optional() }).optional(),
});

/** One change of a channel, kept for ever. */
export const channelEntry = z.object({
  at: z.iso.datetime(),
  action: z.enum(["promote", "rollback", "catalog", "rules"]),
  model: z.string().optional(),
  catalog: z.string().optional(),
  rules: z.string().optional(),
  /** who did it, as far as the machine knows */
  who: z.string(),
  why: z.string(),
  /** what the gate said, where it was asked */
  gate: gateRecord.optional(),
});

/** What is live under a name, and how it came to be. */
export const channelSchema = z.object({
  model: z.string().optional(),
  catalog: z.string().optional(),
  rules: z.string().optional(),
  /** oldest first */
  history: z.array(channelEntry),
});

export type ChannelEntry = z.infer<typeof channelEntry>;
export type Channel = z.infer<typeof channelSchema>;

/** A promotion that lost against another one. */
export class PromotionConflictError extends Error {
  override name = "PromotionConflictError";
}

const namePattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/** No dots: they set apart what lies beside a channel, such as `<name>.rollout.json`. */
export function isChannelName(text: string): boolean {
  return namePattern.test(text);
}

/** Catalogues and rules may move many times a day: of those moves only the last ones are kept, of models every one. */
const frequentMovesMax = 100;

/** The channel after one more change. */
export function moved(before: Channel | undefined, entry: ChannelEntry): Channel {
  const history = [...(before?.history ?? []), entry];
  const forgotten = new Set(
    ["catalog", "rules"].flatMap((frequent) =>
      history.filter(({ action }) => action === frequent).slice(0, -frequentMovesMax),
    ),
  );
  return {
    model: entry.model ?? before?.model,
    catalog: entry.catalog ?? before?.catalog,
    rules: entry.rules ?? before?.rules,
    history: history.filter((each) => !forgotten.has(each)),
  };
}

/**
 * What can be gone back to, the nearest first: the models that were live before the present one. One that was itself
 * gone back from is not among them, so that going back twice never brings a bad model back.
 */
export function earlierModels({ model, history }: Channel): string[] {
  const walk: string[] = [];
  for (const entry of history) {
    if (entry.model === undefined || entry.model === walk.at(-1)) continue;
    const before = entry.action === "rollback" ? walk.lastIndexOf(entry.model) : -1;
    if (before >= 0) walk.length = before;
    walk.push(entry.model);
  }
  return [...new Set(walk.reverse())].filter((version) => version !== model);
}

/** @throws RegistryError on a name that is none */
export function channelKey(name: string): string {
  if (isChannelName(name)) return keys.channel(name);
  throw new RegistryError(`"${name}" is no channel: it is named by at most 64 letters, digits, _ and -`);
}

/** What a move that came too late is told. */
export function lostTo(name: string, winner: Channel | undefined): PromotionConflictError {
  const last = winner?.history.at(-1);
  const who = last
    ? `${last.who} moved it to model ${winner?.model ?? "none"} at ${last.at}`
    : "it was removed";
  return new PromotionConflictError(
    `channel "${name}" has changed meanwhile: ${who}. Nothing was done; look at it and try again`,
  );
}
