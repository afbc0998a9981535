import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Random } from "../src/math/random.ts";
import type { ScanTally } from "../src/model/scan-plainly.ts";
import { scoreRow } from "../src/model/score-plainly.ts";
import { Scorer } from "../src/model/scorer.ts";
import { clock, compare, type Findings, figure, median, type Row, table } from "./comparison.ts";
import { gaussianVectors, trainedVectors, trainVectors, type Vectors } from "./factors.ts";
import { gowallaPairs } from "./gowalla.ts";
import { Peer } from "./peer.ts";

const k = 20;
const queryCount = 200;
const peers = ["faiss", "implicit", "numpy", "usearch"] as const;
type PeerName = (typeof peers)[number];

/** Whom each size is compared with; the slow ones only where it does not take minutes. */
const works: readonly { make: () => Promise<Vectors> | Vectors; peers: readonly PeerName[] }[] = [
  { make: () => trainedVectors(10_000, 64, queryCount), peers },
  { make: () => trainedVectors(10_000, 128, queryCount), peers },
  { make: () => trainedVectors(100_000, 64, queryCount), peers },
  { make: () => trainedVectors(100_000, 128, queryCount), peers },
  { make: () => trainedVectors(1_000_000, 64, queryCount), peers },
  { make: () => trainedVectors(1_000_000, 128, queryCount), peers: ["faiss"] },
  { make: () => gaussianVectors(100_000, 64, queryCount), peers: ["faiss", "implicit"] },
  { make: () => gaussianVectors(100_000, 128, queryCount), peers: ["faiss"] },
  { make: () => gaussianVectors(1_000_000, 64, queryCount), peers: ["faiss", "implicit"] },
];

/** Exact top-20 for one user, one thread, beside others; and what each stage leaves. */
export async function benchTopK(): Promise<Findings> {
  const peer = await Peer.start(1);
  const rows: Row[] = [];
  const stages: (string | number)[][] = [];
  const filters: (string | number)[][] = [];
  const notes: string[] = [];
  try {
    const { gbs } = await peer.call<{ gbs: number }>("topk.bandwidth");
    notes.push(`One thread reads ${gbs.toFixed(1)} GB/s from memory (BLAS's sdot over 256 MiB).`);
    for (const { make, peers: asked } of works.concat(await gowallaWorks())) {
      const vectors = await make();
      const measured = await measure(vectors, asked, peer);
      rows.push(...measured.rows);
      stages.push([vectors.name, ...measured.stages, figure(measured.bytes / 1e6), share(measured, gbs)]);
      filters.push([vectors.name, ...measured.filters]);
      notes.push(measured.agreement);
    }
    rows.push(await measureBatch(peer));
  } finally {
    peer.stop();
  }
  const head = ["factors", "prefix", "all codes", "exact", "MB read", "share of bandwidth"];
  return {
    title: `Exact top-${k} of one user, one thread`,
    rows,
    notes: [
      "Share of the items that each stage looks at, and what that is in memory; beyond 100 % it came from a cache:",
      table(head, stages),
      "Milliseconds with nothing hidden, with 1,000 seen items, with a filter that leaves 1 %:",
      table(["factors", "all", "1,000 seen", "1 %"], filters),
      ...notes,
    ],
  };
}

async function gowallaWorks(): Promise<typeof works> {
  const pairs = await gowallaPairs("train");
  if (!pairs) return [];
  return [64, 128].map((rank) => ({
    make: () => trainVectors(`Gowalla, 41k × ${rank}, trained`, pairs, rank, queryCount),
    peers: ["faiss", "implicit"] as const,
  }));
}

/** All of them in turns: one query by each, then the next. */
async function measure(vectors: Vectors, asked: readonly PeerName[], peer: Peer) {
  const { name, rank, items, queries } = vectors;
  const count = queries.length / rank;
  const scorer = Scorer.over(items, rank);
  const query = (at: number): Float32Array => queries.subarray(at * rank, (at + 1) * rank);
  await load(peer, vectors);
  const itemCount = items.length / rank;
  const random = new Random("hidden");
  const seen = new Uint8Array(itemCount);
  for (let at = 0; at < 1000; at++) seen[random.integer(itemCount)] = 1;
  const filter = Uint8Array.from(seen, () => (random.integer(100) === 0 ? 0 : 1));
  // As serving does for a filter: its mask by places is made once, and kept.
  const places = scorer.maskPlaces(filter);
  for (let at = 0; at < count; at++) {
    for (const hidden of [undefined, seen]) scorer.topK(query(at), k, hidden);
    scorer.topK(query(at), k, filter, { places });
  }

  const ours: number[] = [];
  const ms: Record<string, number[]> = Object.fromEntries(asked.map((who) => [who, []]));
  const swaps = new Swaps(vectors);
  for (let at = 0; at < count; at++) {
    let rows = new Uint32Array();
    ours.push(clock(() => (rows = scorer.topK(query(at), k).rows as Uint32Array<ArrayBuffer>)));
    // A whole query by a slow peer takes as long as all of ours: a part of them is enough.
    for (const who of asked.filter((_, place) => place === 0 || at % 4 === 0)) {
      const answer = await peer.call<{ ms: number; rows: number[] }>("topk.one", { peer: who, query: at, k });
      ms[who].push(answer.ms);
      swaps.check(at, rows, answer.rows, who);
    }
  }
  const stages = countStages(vectors);
  return {
    rows: asked.map((who) => compare(name, who, "ms", median(ours), median(ms[who]))),
    stages: stages.shares.map((part) => `${figure(100 * part)} %`),
    bytes: stages.bytes,
    milliseconds: median(ours),
    filters: inTurns(
      [{}, { hidden: seen }, { hidden: filter, places }].map(
        ({ hidden, places }) =>
          (at) =>
            scorer.topK(query(at), k, hidden, { places }),
      ),
      count,
    ).map(figure),
    agreement: swaps.sentence,
  };
}

/** Medians of searches beside each other; each is the first in its turn, since peers and others leave caches as they like. */
function inTurns(searches: readonly ((query: number) => unknown)[], count: number): number[] {
  const ms = searches.map((): number[] => []);
  for (let at = 0; at < count * searches.length; at++) {
    for (let turn = 0; turn < searches.length; turn++) {
      const which = (at + turn) % searches.length;
      ms[which].push(clock(() => searches[which](at % count)));
    }
  }
  return ms.map(median);
}

function share({ bytes, milliseconds }: { bytes: number; milliseconds: number }, gbs: number): string {
  return `${Math.round((100 * bytes) / (milliseconds * 1e6) / gbs)} %`;
}

/** Counted by the readable scan, which finds what the kernels find. */
function countStages({ items, queries, rank }: Vectors): { shares: number[]; bytes: number } {
  const tally: ScanTally = { prefixes: 0, wholes: 0, scored: 0 };
  const scorer = Scorer.over(items, rank, { instructions: "javascript", tally });
  const count = Math.min(20, queries.length / rank);
  for (let at = 0; at < count; at++) scorer.topK(queries.subarray(at * rank, (at + 1) * rank), k);
  const itemCount = items.length / rank;
  const stages = [tally.prefixes, tally.wholes, tally.scored].map((touched) => touched / count);
  const { prefixBytes, restBytes } = scorer.plan;
  const [prefixes, wholes, scored] = stages;
  // The other dimensions are read for four items at once.
  const bytes =
    prefixes * (prefixBytes + 0.5) + Math.min(4 * wholes, itemCount) * restBytes + scored * rank * 4;
  return { shares: stages.map((touched) => touched / itemCount), bytes };
}

/** Where another's answer differs from ours: f32 sums round otherwise, so that near equals change places. */
class Swaps {
  readonly #vectors: Vectors;
  #pairs = 0;
  #worst = 0;

  constructor(vectors: Vectors) {
    this.#vectors = vectors;
  }

  check(at: number, ours: Uint32Array, theirs: readonly number[], who: string): void {
    const { items, queries, rank, name } = this.#vectors;
    const query = queries.subarray(at * rank, (at + 1) * rank);
    for (const [place, row] of ours.entries()) {
      if (theirs[place] === row) continue;
      this.#pairs++;
      const norms = Math.hypot(...query) * Math.hypot(...items.subarray(row * rank, (row + 1) * rank));
      const gap = Math.abs(scoreRow(query, items, row) - scoreRow(query, items, theirs[place]));
      this.#worst = Math.max(this.#worst, gap / norms);
      if (gap > 1e-5 * norms)
        throw new Error(`${name}: ${who} answers otherwise for query ${at} at ${place}`);
    }
  }

  get sentence(): string {
    const { name } = this.#vectors;
    if (this.#pairs === 0) return `${name}: all answers agree.`;
    const worst = this.#worst.toExponential(1);
    return `${name}: answers agree but for ${this.#pairs} places where scores differ by at most ${worst} ‖x‖‖y‖.`;
  }
}

async function load(peer: Peer, { items, queries, rank }: Vectors): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "aisle-bench-"));
  try {
    await writeFile(join(folder, "items"), items);
    await writeFile(join(folder, "queries"), queries);
    await peer.call("topk.load", { items: join(folder, "items"), queries: join(folder, "queries"), rank });
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function measureBatch(peer: Peer): Promise<Row> {
  const vectors = await trainedVectors(100_000, 64, 10_000);
  await load(peer, vectors);
  const { rank, items, queries } = vectors;
  const scorer = Scorer.over(items, rank);
  const count = queries.length / rank;
  const all = (): void => {
    for (let at = 0; at < count; at++) scorer.topK(queries.subarray(at * rank, (at + 1) * rank), k);
  };
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let turn = 0; turn < 3; turn++) {
    ours.push(clock(all));
    theirs.push((await peer.call<{ ms: number }>("topk.batch", { k, count })).ms);
  }
  const work = `${count / 1000}k users in a batch, ${vectors.name}`;
  return compare(work, "implicit's batch", "ms", median(ours), median(theirs));
}
