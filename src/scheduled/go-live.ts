import { z } from "zod";
import { PromotionConflictError } from "../registry/channel.ts";
import type { GateAnswer } from "../registry/gate.ts";
import type { Registry } from "../registry/registry.ts";
import { isUnderWay, type RolloutRecord } from "../registry/rollout-record.ts";
import type { RolloutPorts } from "../rollout/phases.ts";
import { type Driver, resumeRollout, startRollout } from "../rollout/rollout.ts";

/** A selection that the gate lets through, and where it is to serve. */
export const goLiveSchema = z.object({
  mode: z.enum(["follow", "pinned"]),
  model: z.string().min(1),
  gate: z.looseObject({ decision: z.literal("promote"), reason: z.string() }),
  champion: z.string().nullable(),
  /** the function behind whose alias a pinned model is rolled out */
  target: z.object({
    functionName: z.string().min(1),
    alias: z.string().min(1),
    alarms: z.array(z.string()),
    /** this function itself where absent */
    checker: z.string().min(1).optional(),
    stack: z.string().min(1).optional(),
  }),
});
export type GoLive = z.infer<typeof goLiveSchema>;

export interface GoLiveAnswer {
  readonly model: string;
  /** `under-way`: time was up; called again, it goes on */
  readonly state: "live" | "under-way" | "gone-back";
  readonly reason?: string | undefined;
}

/** Percent of the traffic, and how long each step is watched: as `aisle rollout` does unless told otherwise. */
const steps = [10, 50, 100];
const waitSeconds = 300;
const errorShareMax = 0.01;

/**
 * Makes a selected model live, in the way that the deployment's mode asks for. Called again it goes on, or says that
 * it is live.
 * @throws PromotionConflictError where something else has become live since the gate was asked
 */
export async function goLive(
  order: GoLive,
  channel: string,
  ports: RolloutPorts,
  driver: Driver,
): Promise<GoLiveAnswer> {
  const { registry } = ports;
  const { model, champion, mode } = order;
  const record = await registry.rollout(channel);
  const isOurs = record?.model === model;
  if (isOurs && isUnderWay(record)) {
    return await driven(model, () => resumeRollout(channel, ports, driver), channel, ports, driver);
  }
  const live = (await registry.channel(channel))?.model ?? null;
  if (live === model) return { model, state: "live" };
  if (isOurs && record.phase === "gone-back") return answerOf(record);
  if (live !== champion) {
    throw new PromotionConflictError(
      `channel "${channel}" names ${live ?? "nothing"} by now, and ${model} was compared with ${champion ?? "nothing"}: ` +
        "ask the gate again, with aisle models promote or aisle rollout",
    );
  }
  if (mode === "follow") return await promote(order, channel, registry, driver.who);
  const { target, gate } = order;
  const rollout = { ...target, channel, model, steps, waitSeconds, errorShareMax, why: gate.reason };
  return await driven(
    model,
    () => startRollout({ ...rollout, gate: gate as GateAnswer }, ports, driver),
    channel,
    ports,
    driver,
  );
}

/** The gate was asked already; a catalogue that moves at the same moment is no reason to fail. */
async function promote(
  { model, gate, champion }: GoLive,
  name: string,
  registry: Registry,
  who: string,
): Promise<GoLiveAnswer> {
  for (let attempt = 1; ; attempt++) {
    const channel = await registry.channel(name);
    try {
      const change = { who, why: gate.reason, gate: gate as GateAnswer };
      await registry.promote(name, { model }, change, channel?.etag);
      return { model, state: "live" };
    } catch (error) {
      const isSame = ((await registry.channel(name))?.model ?? null) === champion;
      if (!(error instanceof PromotionConflictError) || !isSame || attempt === 20) throw error;
    }
  }
}

/** A rollout takes longer than a function may run: it is laid down in time, and taken up by the next call. */
async function driven(
  model: string,
  work: () => Promise<RolloutRecord>,
  channel: string,
  { registry }: RolloutPorts,
  { signal }: Driver,
): Promise<GoLiveAnswer> {
  try {
    return answerOf(await work());
  } catch (error) {
    const isUnderWayStill = signal?.aborted && isUnderWay(await registry.rollout(channel));
    if (!isUnderWayStill) throw error;
    return { model, state: "under-way" };
  }
}

function answerOf({ model, phase, reason }: RolloutRecord): GoLiveAnswer {
  if (phase === "live") return { model, state: "live" };
  return { model, state: phase === "gone-back" ? "gone-back" : "under-way", reason };
}
