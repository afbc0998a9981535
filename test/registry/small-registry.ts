import type { ManifestParts } from "../../src/registry/manifest.ts";
import type { Change, Registry } from "../../src/registry/registry.ts";

export const parts: ManifestParts = {
  program: "0.1.0",
  rank: 2,
  userCount: 3,
  itemCount: 4,
  recipe: { factors: 2, unobservedWeight: 0.1 },
  seed: 1,
  data: { source: "events.csv", eventCount: 900, digest: "abc", split: "by time" },
  fits: [{ name: "served", digest: "abc", eventCount: 900, lastEvent: 1_700_000_000 }],
  metrics: { all: { "ndcg@10": { value: 0.2, low: 0.1, high: 0.3 } }, segments: {} },
  baselines: { popularity: { all: { "ndcg@10": 0.1 } } },
  golden: [{ items: ["a"] }, { userId: "1", items: ["b", "c"] }],
};

export const testRecord = { cut: "cut", metric: "all:ndcg@10", model: [0.5, 0], popularity: [0, 0.25] };

export const change: Change = { who: "anna", why: "because" };

/** Bytes like a model's: as many as asked, none like its neighbour's. */
export function modelBytes(byteLength: number, seed = 1): Uint8Array {
  return new Uint8Array(byteLength).map((_, i) => (i * 31 + seed * 17) ^ (i >> 9));
}

export function readModelBytes(from: Registry, version: string): Promise<Uint8Array> {
  return from.readModel(version, (byteLength) => {
    const target = new Uint8Array(byteLength);
    return { target, result: target };
  });
}
