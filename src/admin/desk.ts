import type { ActivityStore } from "../activity/activity-store.ts";
import type { Channel } from "../registry/channel.ts";
import type { Registry } from "../registry/registry.ts";
import type { Serving } from "../serving/serving.ts";

/** What a merchant works with: one channel of a registry, and what serves it beside him. */
export interface Desk {
  readonly registry: Registry;
  readonly channel: string;
  readonly serving: Serving;
  /** whom a demo offers to look over the shoulder of, instead of a sample of the model's users */
  readonly shoppers?: (() => readonly DemoShopper[]) | undefined;
  /** whether models go live by a rollout, which moves the channel last: then nothing else may move its model */
  readonly isRolledOut?: boolean | undefined;
  /** ms since 1970 */
  readonly now: () => number;
}

export interface DemoShopper {
  readonly id: string;
  readonly label?: string;
  readonly persona: string;
}

/** Who does something, and why: kept in the channel's history. */
export interface Decision {
  readonly who: string;
  readonly why: string;
}

/** Something that the desk cannot do as things are, in a sentence for the merchant. */
export class DeskError extends Error {
  override readonly name = "DeskError";
}

export function activityOf({ serving }: Desk): ActivityStore | undefined {
  return serving.activity?.store;
}

export async function channelOf({ registry, channel }: Desk): Promise<Channel & { readonly etag?: string }> {
  return (await registry.channel(channel)) ?? { history: [] };
}
