import { z } from "zod";

/** One change of a channel, kept for ever. */
export const channelEntry = z.object({
  at: z.iso.datetime(),
  action: z.enum(["promote", "rollback", "catalog"]),
  model: z.string().optional(),
  catalog: z.string().optional(),
  /** who did it, as far as the machine knows */
  who: z.string(),
  why: z.string(),
  /** what the gate said, where it was asked */
  gate: z
    .object({ decision: z.enum(["promote", "hold"]), reason: z.string(), forced: z.string().optional() })
    .optional(),
});

/** What is live under a name, and how it came to be. */
export const channelSchema = z.object({
  model: z.string().optional(),
  catalog: z.string().optional(),
  /** oldest first */
  history: z.array(channelEntry),
});

export type ChannelEntry = z.infer<typeof channelEntry>;
export type Channel = z.infer<typeof channelSchema>;

/** A promotion that lost against another one. */
export class PromotionConflictError extends Error {
  override name = "PromotionConflictError";
}

/** The model that was live before the present one, or `undefined`. */
export function previousModel({ model, history }: Channel): string | undefined {
  return history.findLast((entry) => entry.model !== undefined && entry.model !== model)?.model;
}
