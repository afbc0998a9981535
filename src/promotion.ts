import { comparePaired } from "./evaluation/compare.ts";
import { type Figure, figureValue } from "./evaluation/metrics.ts";
import { allocateModel } from "./model/buffer.ts";
import { type Model, openModel } from "./model/model.ts";
import { rank } from "./ranking/rank.ts";
import { type Channel, lostTo } from "./registry/channel.ts";
import { type GateAnswer, type GatePolicy, judge, type ModelShape } from "./registry/gate.ts";
import { keepHeld } from "./registry/gate-history.ts";
import type { Manifest } from "./registry/manifest.ts";
import type { Registry } from "./registry/registry.ts";
import { recipeFromJson, sameSettings } from "./training/grid.ts";

/** What a promotion by hand goes by. */
export interface PromotionOrder {
  readonly registry: Registry;
  readonly channel: string;
  readonly who: string;
  /** what the gate says, unless somebody says why */
  readonly why?: string | undefined;
  /** the channel's etag that the decision was made on, where that matters */
  readonly expected?: string | undefined;
  readonly policy?: GatePolicy | undefined;
  readonly force?: string | undefined;
}

/**
 * Makes a published version live if the gate agrees; throws as `judgeVersion` does.
 * @throws PromotionConflictError where the channel is not what was expected
 */
export async function promoteVersion(version: string, order: PromotionOrder): Promise<GateAnswer> {
  const { registry, channel: name, who, expected } = order;
  const channel = await registry.channel(name);
  if (expected !== undefined && channel?.etag !== expected) throw lostTo(name, channel);
  const gate = await judgeVersion(version, channel, order);
  if (gate.decision === "promote") {
    const why = order.why ?? gate.reason;
    await registry.promote(name, { model: version }, { who, why, gate }, channel?.etag);
  } else await keepHeld(registry, name, { model: version, who, gate });
  return gate;
}

/**
 * What the gate says to a published version beside what a channel names, by what was measured when they were made.
 * Its file is read and asked first, since it may have come from far or lain for long.
 * @throws DigestError where it is damaged, ModelFileError where it is no model
 */
export async function judgeVersion(
  version: string,
  channel: Pick<Channel, "model"> | undefined,
  { registry, policy, force }: Pick<PromotionOrder, "registry" | "policy" | "force">,
): Promise<GateAnswer> {
  const manifest = await registry.manifest(version);
  const model = await loadModel(registry, version);
  const test = await registry.testRecord(version);
  const live = channel?.model === undefined ? undefined : await registry.manifest(channel.model);
  const liveTest = live && live.rank > 0 ? await registry.testRecord(live.version) : undefined;
  const isSameCut = test && liveTest && test.cut === liveTest.cut && test.metric === liveTest.metric;
  const paired = (champion: number[], challenger: number[]) =>
    comparePaired(Float32Array.from(champion), Float32Array.from(challenger), { seed: manifest.seed });
  return judge({
    metric: test?.metric ?? "nothing",
    testUserCount: test?.model.length ?? 0,
    overPopularity: test && test.model.length > 0 ? paired(test.popularity, test.model) : undefined,
    champion:
      live && live.rank > 0
        ? {
            version: live.version,
            isRefresh: sameSettings(recipeFromJson(live.recipe), recipeFromJson(manifest.recipe)),
            difference: isSameCut ? paired(liveTest.model, test.model) : undefined,
            eventCount: live.data.eventCount,
            shape: shapeOf(live),
          }
        : undefined,
    channelIsEmpty: channel?.model === undefined,
    eventCount: manifest.data.eventCount,
    shape: shapeOf(manifest),
    faults: [...findFaults(manifest), ...goldenFaults(manifest, model)],
    policy,
    force,
  });
}

async function loadModel(registry: Registry, version: string): Promise<Model> {
  const buffer = await registry.readModel(version, (byteLength) => {
    const result = allocateModel(byteLength);
    return { target: result.fileBytes, result };
  });
  return openModel(buffer, `model ${version}`);
}

/** What a refresh should not change much. */
export function shapeOf({ model, metrics }: Manifest): ModelShape {
  const coverage: Figure | undefined = metrics?.all?.["coverage@10"] ?? metrics?.all?.["coverage@25"];
  return { byteLength: model.byteLength, coverage: coverage && figureValue(coverage) };
}

const goldenLength = 10;

/** A stranger, and users from all over the table: what they are answered is kept, to compare later answers with. */
export function goldenRequests(model: Model): Manifest["golden"] {
  const spread = [0, 0.25, 0.5, 0.75, 1].map((at) => Math.floor(at * (model.userCount - 1)));
  const users = [...new Set(spread)].filter((row) => row >= 0);
  return [
    { items: goldenAnswer(model) },
    ...users.map((row) => ({ userId: model.users.id(row), items: goldenAnswer(model, row) })),
  ];
}

function goldenAnswer(model: Model, userRow?: number): string[] {
  const query = { ...(userRow !== undefined && { userRow }), k: goldenLength, hide: "purchased" } as const;
  return rank(model, query).items.map(({ row }) => model.items.id(row));
}

/** A look at what a version answered when it was made, in sentences that say what is wrong. */
export function findFaults({ golden, itemCount, rank: factors }: Manifest): string[] {
  const faults: string[] = [];
  const least = Math.min(goldenLength, itemCount);
  const short = golden.filter(({ userId, items }) => userId === undefined && items.length < least);
  if (short.length > 0) faults.push(`a stranger is answered with ${short[0].items.length} items`);
  // In a shop of a few items everybody may have everything, and lists may well be alike.
  if (itemCount <= goldenLength) return faults;
  const personal = golden.filter(({ userId }) => userId !== undefined);
  if (personal.length > 0 && personal.every(({ items }) => items.length === 0)) {
    faults.push("no golden request is answered");
  }
  const distinct = new Set(personal.map(({ items }) => items.join("\n")));
  if (factors > 0 && personal.length >= 3 && distinct.size === 1) {
    faults.push("every golden user is answered alike");
  }
  return faults;
}

/** Whether this program answers the golden requests from the file as the one that made it did. */
function goldenFaults({ golden }: Manifest, model: Model): string[] {
  const other = golden.filter(({ userId, items }) => {
    const row = userId === undefined ? undefined : model.users.row(userId);
    if (row !== undefined && row < 0) return true;
    return goldenAnswer(model, row).join("\n") !== items.join("\n");
  });
  return other.length === 0
    ? []
    : [`${other.length} of ${golden.length} golden requests are answered otherwise than when it was made`];
}
