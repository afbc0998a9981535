import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { recommendByModel } from "../src/evaluation/model-recommend.ts";
import { digestOf } from "../src/interactions/aggregate.ts";
import { type Trained, type TrainingOrder, train } from "../src/pipeline.ts";
import { promoteVersion } from "../src/promotion.ts";
import { DigestError } from "../src/registry/chunk-digests.ts";
import { gateHistory } from "../src/registry/gate-history.ts";
import type { Manifest } from "../src/registry/manifest.ts";
import { Registry } from "../src/registry/registry.ts";
import { type Released, type ReleaseOrder, release, releasePopularity } from "../src/release.ts";
import { FolderStore } from "../src/store/folder-store.ts";
import { fitPopularity, fitRecipe } from "../src/training/fit.ts";
import type { Recipe } from "../src/training/grid.ts";
import { flipBit } from "./registry/places.ts";
import { change } from "./registry/small-registry.ts";
import { tinyLog, tinyOrder, tinyRecipe, withAls } from "./training/tiny-shop.ts";

const events = tinyLog();
const orderOf = (base: TrainingOrder["base"]): TrainingOrder => ({ ...tinyOrder, base });
const poorRecipe = withAls({ factors: 1 });
const shortRecipe = withAls({ iterations: 1 });
let trained: Trained;
let poor: Trained;
let short: Trained;
beforeAll(async () => {
  trained = await train({ events }, tinyOrder);
  [poor, short] = [await withRecipe(poorRecipe), await withRecipe(shortRecipe)];
});

/** As if validation had chosen another recipe. */
async function withRecipe(recipe: Recipe): Promise<Trained> {
  const { contest } = trained;
  const scored = await fitRecipe(contest.log, recipe);
  const entrant = contest.enter("aisle", "aisle (iALS)", recommendByModel(scored.model));
  return { ...trained, recipe, scored, served: await fitRecipe(events, recipe), entrant };
}

let folder: string;
let registry: Registry;
let to: ReleaseOrder;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "aisle-release-"));
  registry = new Registry(new FolderStore(folder));
  to = { registry, channel: "production", who: "anna", source: "events.csv", program: "0.1.0" };
});
afterEach(() => rm(folder, { recursive: true }));

const first = (): Promise<Released> => release(trained, tinyOrder, to);
const live = async (): Promise<string | undefined> => (await registry.channel("production"))?.model;
/** The same measurements over other bytes, or with something else said of them. */
async function publishLike(manifest: Manifest, model: Uint8Array, changes: Partial<Manifest> = {}) {
  const { version, createdAt: _, model: __, ...parts } = { ...manifest, ...changes };
  return (await registry.publish(model, parts, await registry.testRecord(version))).version;
}

describe("release", () => {
  it("publishes what is known of a model, and makes it live if it beats popularity", async () => {
    const { manifest, gate, promoted } = await first();
    expect(promoted).toBe(true);
    expect(gate.reason).toMatch(/^it beats popularity: ndcg@10 \+/);
    expect(await live()).toBe(manifest.version);
    expect(manifest).toMatchObject({ program: "0.1.0", rank: 8, seed: 1, arithmetic: "simd128" });
    const { split, scored, served } = trained;
    expect(manifest.fits).toEqual([
      {
        name: "validated",
        digest: digestOf(split.train),
        eventCount: split.train.length,
        lastEvent: Math.max(...split.train.time),
      },
      {
        name: "scored",
        digest: scored.interactions.digest,
        eventCount: 5400,
        lastEvent: Math.max(...split.validation.time),
      },
      { name: "served", digest: digestOf(events), eventCount: 6000, lastEvent: Math.max(...events.time) },
    ]);
    expect(new Set(manifest.fits.map(({ digest }) => digest)).size).toBe(3);
    expect(served.interactions.digest).toBe(manifest.data.digest);
    expect(manifest.metrics?.all?.["ndcg@10"]).toEqual(trained.entrant.report.tasks.all!.figures["ndcg@10"]);
    expect(manifest.metrics?.byPopularity?.new.tail["recall@10"]).toBeGreaterThanOrEqual(0);
    expect(manifest.metrics?.personalize?.precision_at_10).toBeGreaterThan(0);
    expect(Object.keys(manifest.baselines)).toContain("rp3beta");
    expect(manifest.golden).toHaveLength(6);
  });

  it("lets a refresh follow that is not worse", async () => {
    await first();
    const { gate, promoted, manifest } = await first();
    expect(promoted).toBe(true);
    expect(gate.reason).toMatch(/^a refresh, not worse: .*whose settings it shares$/);
    expect(await live()).toBe(manifest.version);
  });

  it("measures a refresh that ran for fewer iterations against the live model's own", async () => {
    const { manifest } = await first();
    const { gate } = await release(short, orderOf(shortRecipe), to);
    expect(gate.reason).toContain(`against ${manifest.version}, whose settings it shares`);
    const before = trained.entrant.report.tasks.all!.figures["ndcg@10"] as { value: number };
    const after = short.entrant.report.tasks.all!.figures["ndcg@10"] as { value: number };
    expect(after.value).not.toBe(before.value);
    expect(gate.difference?.value).toBeCloseTo(after.value - before.value, 6);
  });

  it("publishes new settings that are no better, but does not make them live", async () => {
    const { manifest } = await first();
    const { manifest: other, gate, promoted } = await release(poor, orderOf(poorRecipe), to);
    expect(promoted).toBe(false);
    expect(gate.reason).toMatch(/^new settings that are not shown to be better: ndcg@10 −/);
    expect(await live()).toBe(manifest.version);
    expect((await registry.manifests()).map(({ version }) => version)).toContain(other.version);
    expect((await release(poor, orderOf(poorRecipe), { ...to, force: "a try" })).promoted).toBe(true);
  });

  it("refuses a first model that is worse than what is popular, and keeps that it did", async () => {
    // What hardly anybody took is recommended first.
    const shy = await withRecipe({ ...tinyRecipe, popularityExponent: -9 });
    const { gate, promoted, manifest } = await release(shy, tinyOrder, { ...to, policy: "permissive" });
    expect(promoted).toBe(false);
    expect(gate.reason).toMatch(/^it is worse than the popularity baseline: ndcg@10 −/);
    expect(await registry.channel("production")).toBeUndefined();
    expect(await gateHistory(registry, "production")).toEqual([
      {
        ...{ at: expect.any(String), action: "hold", model: manifest.version, who: "anna", why: gate.reason },
        gate: {
          decision: "hold",
          reason: gate.reason,
          difference: expect.objectContaining({ high: gate.difference?.high }),
        },
      },
    ]);
  });

  it("keeps what the gate said of every model, by how much, and the reason of who overruled it", async () => {
    const { gate } = await first();
    const held = await release(poor, orderOf(poorRecipe), to);
    const forced = await release(poor, orderOf(poorRecipe), { ...to, force: "a try" });
    const history = await gateHistory(registry, "production");
    expect(history.map(({ action }) => action)).toEqual(["promote", "hold", "promote"]);
    const differences = [gate, held.gate, forced.gate].map(({ difference }) => difference);
    history.forEach(({ gate: kept }, at) => {
      const { value, low, high, relative } = differences[at]!;
      expect(kept?.difference).toEqual({ value, low, high, relative });
    });
    expect(history.map(({ gate: kept }) => kept?.forced)).toEqual([undefined, undefined, "a try"]);
  });

  it("holds a refresh whose file or coverage is far from the live model's", async () => {
    const { manifest } = await first();
    const { channel } = to;
    const large = await publishLike(manifest, new Uint8Array(3 * manifest.model.byteLength));
    await registry.promote(channel, { model: large }, change, (await registry.channel(channel))?.etag);
    expect((await first()).gate.reason).toMatch(/^it is not sane: .* bytes in the model file/);

    const narrow = { ...manifest.metrics, all: { ...manifest.metrics?.all, "coverage@10": 0.01 } };
    const version = await publishLike(manifest, trained.served.model.buffer.fileBytes, {
      metrics: narrow as Manifest["metrics"],
    });
    await registry.promote(channel, { model: version }, change, (await registry.channel(channel))?.etag);
    expect((await first()).gate.reason).toMatch(/^it is not sane: .* of the items in somebody's list/);
  });

  it("publishes nothing once it is interrupted", async () => {
    const signal = AbortSignal.abort(new Error("interrupted"));
    await expect(release(trained, { ...tinyOrder, signal }, to)).rejects.toThrow("interrupted");
    expect(await registry.store.list("")).toEqual([]);
  });

  it("puts what is popular live first, which a trained model then has to beat", async () => {
    const popular = await releasePopularity(fitPopularity(events, tinyRecipe), tinyRecipe, to);
    expect(popular).toMatchObject({ rank: 0, fits: [{ name: "served", digest: digestOf(events) }] });
    expect(await live()).toBe(popular.version);
    expect((await first()).gate.reason).toMatch(/^it beats popularity/);
  });

  it("calls only what was hidden from the same fit the same cut", async () => {
    const cutOf = async (of: Trained) => {
      const { manifest } = await release(of, tinyOrder, { ...to, policy: "permissive" });
      return (await registry.testRecord(manifest.version))?.cut;
    };
    const { split } = trained;
    const otherTest = { ...split.test, value: split.test.value.map((value) => value + 1) };
    expect(await cutOf(poor)).toBe(await cutOf(trained));
    expect(await cutOf({ ...trained, split: { ...split, test: otherTest } })).not.toBe(await cutOf(trained));
  });
});

describe("promoting by hand", () => {
  const byHand = { channel: "production", who: "berta" };

  it("asks the gate with what was measured on the same cut, and keeps the reason of who overrules it", async () => {
    const { manifest } = await first();
    const { manifest: other } = await release(poor, orderOf(poorRecipe), to);
    const held = await promoteVersion(other.version, { ...byHand, registry });
    expect(held).toMatchObject({ decision: "hold", reason: expect.stringMatching(/not shown to be better/) });
    expect(await live()).toBe(manifest.version);
    const forced = await promoteVersion(other.version, { ...byHand, registry, force: "a demonstration" });
    expect(forced).toMatchObject({ decision: "promote", forced: "a demonstration" });
    expect((await registry.channel("production"))?.history.at(-1)).toMatchObject({
      ...{ who: "berta", model: other.version, action: "promote" },
      why: expect.stringContaining('forced ("a demonstration")'),
    });
    const back = await promoteVersion(manifest.version, { ...byHand, registry });
    expect(back.reason).toMatch(/^new settings, better/);
  });

  it("refuses a file of which a bit was flipped, naming it and both digests", async () => {
    const { manifest } = await first();
    const { manifest: second } = await first();
    const key = `models/${manifest.version}/model.safetensors`;
    await flipBit(registry.store, key, 5000);
    const promoting = promoteVersion(manifest.version, { ...byHand, registry, force: "it must be" });
    await expect(promoting).rejects.toThrow(DigestError);
    await expect(promoting).rejects.toThrow(manifest.model.chunks[0]);
    await expect(promoting).rejects.toThrow(registry.store.describe(key));
    expect(await live()).toBe(second.version);
  });

  it("holds a model that no longer answers its golden requests as when it was made", async () => {
    const { manifest } = await first();
    const [stranger, ...known] = manifest.golden;
    const golden = [stranger, ...known.map((request) => ({ ...request, items: request.items.toReversed() }))];
    const version = await publishLike(manifest, trained.served.model.buffer.fileBytes, { golden });
    const { decision, reason } = await promoteVersion(version, { ...byHand, registry });
    expect(`${decision}: ${reason}`).toMatch(
      /^hold: it is not sane: 5 of 6 golden requests are answered other/,
    );
  });
});
