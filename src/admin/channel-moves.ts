import { promoteVersion } from "../promotion.ts";
import { type Channel, earlierModels, lostTo } from "../registry/channel.ts";
import { RegistryError } from "../registry/documents.ts";
import type { GateAnswer } from "../registry/gate.ts";
import { type GateEvent, gateHistory } from "../registry/gate-history.ts";
import { channelOf, type Decision, type Desk } from "./desk.ts";

/** What is live, what was, and what can be gone back to. */
export interface ChannelState extends Channel {
  readonly name: string;
  readonly etag?: string | undefined;
  /** models that asked to go live and were told no, oldest first */
  readonly held: readonly GateEvent[];
  /** nearest first */
  readonly earlier: readonly string[];
  /** the model that this server answers from, which follows the channel within seconds */
  readonly serving?: string | undefined;
  /** why it does not, if it does not */
  readonly failure?: string | undefined;
}

export async function showChannel(desk: Desk): Promise<ChannelState> {
  const channel = await channelOf(desk);
  const { registry, serving, channel: name } = desk;
  const judged = await gateHistory(registry, name);
  const loaded = serving.loaded?.parts.version;
  return {
    name,
    ...channel,
    held: judged.filter(({ action }) => action === "hold"),
    earlier: earlierModels(channel),
    ...(loaded && { serving: loaded }),
    ...(serving.failure && { failure: serving.failure }),
  };
}

export interface PromotionAsked extends Decision {
  readonly version: string;
  /** the reason of whoever wants it live whatever the gate says */
  readonly force?: string | undefined;
  /** the channel's etag that the decision was made on */
  readonly expected?: string | undefined;
}

/**
 * Asks the gate, and makes the version live if it agrees or is forced; what serves follows before this ends.
 * @throws PromotionConflictError, UnknownVersionError, RegistryError while a rollout is under way
 */
export async function promoteModel(desk: Desk, { version, ...asked }: PromotionAsked): Promise<GateAnswer> {
  const { registry, channel, serving } = desk;
  checkMovable(desk, version);
  const gate = await promoteVersion(version, { ...asked, registry, channel });
  if (gate.decision === "promote") await serving.refresh();
  return gate;
}

export interface RollbackAsked extends Decision {
  /** the last one that was live before, unless named */
  readonly version?: string | undefined;
  readonly expected?: string | undefined;
}

/** Gives the version that is live now. @throws as `promoteModel` */
export async function rollBack(desk: Desk, { version, expected, ...change }: RollbackAsked): Promise<string> {
  const { registry, channel, serving } = desk;
  checkMovable(desk, version ?? "<version>");
  const before = await channelOf(desk);
  if (expected !== undefined && before.etag !== expected) throw lostTo(channel, before);
  const live = await registry.rollback(channel, change, version);
  await serving.refresh();
  return live;
}

/** A channel that moved on its own would name a model that no version of the function serves. */
function checkMovable({ isRolledOut }: Desk, version: string): void {
  if (!isRolledOut) return;
  throw new RegistryError(`models go live by a rollout here: aisle rollout ${version}`);
}
