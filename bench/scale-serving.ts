/** A process of its own: loads a model as serving does, asks it, and prints what that took. */
import { type FileHandle, open } from "node:fs/promises";
import { Random } from "../src/math/random.ts";
import { type Model, openModel } from "../src/model/model.ts";
import { rank } from "../src/ranking/rank.ts";
import { verifyWhileReading } from "../src/registry/chunk-digests.ts";
import { keys } from "../src/registry/documents.ts";
import { Registry } from "../src/registry/registry.ts";
import { registrySource } from "../src/serving/registry-source.ts";
import { FolderStore } from "../src/store/folder-store.ts";
import { TensorFile } from "../src/tensors/safetensors.ts";
import { clock, median } from "./comparison.ts";

export interface ServingOrder {
  readonly folder: string;
  readonly version: string;
}

/** Milliseconds. */
export interface Latency {
  readonly p50: number;
  readonly p99: number;
}

export interface ScaleServing {
  /** milliseconds, medians: loading, and merely reading the bytes and their digests */
  readonly load: number;
  readonly read: number;
  /** milliseconds, the median: what loading does once the bytes are read */
  readonly open: number;
  /** resident bytes with the model loaded */
  readonly resident: number;
  /** requests of known users: by their stored row, by one read from the store, by a fold-in */
  readonly stored?: Latency;
  readonly ranged?: Latency;
  readonly folded: Latency;
}

const turns = 9;
const requestCount = 2000;
const k = 20;

const { folder, version }: ServingOrder = JSON.parse(process.argv[2]);
const store = new FolderStore(folder);
const registry = new Registry(store);
const source = registrySource(registry, "bench");

const loads: number[] = [];
const reads: number[] = [];
const opens: number[] = [];
for (let turn = 0; turn < turns; turn++) {
  loads.push(await clockAsync(() => source.loadModel(version)));
  reads.push(await clockAsync(readBytes));
}
const { model } = await source.loadModel(version);
for (let turn = 0; turn < turns; turn++) opens.push(clock(() => openModel(model.buffer, "again")));
globalThis.gc?.();
const resident = process.memoryUsage().rss;
const result: ScaleServing = {
  load: median(loads),
  read: median(reads),
  open: median(opens),
  resident,
  ...(model.hasUserFactors && {
    stored: await ask(model, (userRow) => rank(model, { userRow, k, hide: "purchased" })),
    ranged: await askByRange(model),
  }),
  folded: await ask(model, (userRow) => {
    const history = model.history(userRow);
    return rank(model, { history, userRow, k, hide: "purchased" });
  }),
};
console.log(JSON.stringify(result));

async function clockAsync(work: () => Promise<unknown>): Promise<number> {
  globalThis.gc?.();
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** What nobody who checks digests gets around: the manifest, a buffer, the bytes. */
async function readBytes(): Promise<void> {
  const { model } = await registry.manifest(version);
  const target = new Uint8Array(model.byteLength);
  await store.readInto(keys.model(version), target, verifyWhileReading(target, model, version));
}

/** One after the other, by users' ids as they come in. */
async function ask(of: Model, answer: (userRow: number) => unknown): Promise<Latency> {
  const random = new Random("requests");
  const times: number[] = [];
  for (let request = -200; request < requestCount; request++) {
    const id = of.users.id(random.integer(of.userCount));
    const began = performance.now();
    const answered = answer(of.users.row(id));
    if (answered instanceof Promise) await answered;
    if (request >= 0) times.push(performance.now() - began);
  }
  times.sort((a, b) => a - b);
  return { p50: times[Math.floor(times.length / 2)], p99: times[Math.floor(times.length * 0.99)] };
}

/** The row comes from the file instead of from memory, then the answer is the same. */
async function askByRange(of: Model): Promise<Latency> {
  const place = TensorFile.open(of.buffer.fileBytes, "model");
  const factors = place.f32("users.factors");
  const file = await open(store.describe(keys.model(version)));
  try {
    return await ask(of, async (userRow) => {
      await readRow(file, factors.byteOffset + userRow * of.rank * 4, of.rank);
      return rank(of, { userRow, k, hide: "purchased" });
    });
  } finally {
    await file.close();
  }
}

async function readRow(file: FileHandle, from: number, rank: number): Promise<Float32Array> {
  const row = new Float32Array(rank);
  const { bytesRead } = await file.read(new Uint8Array(row.buffer), 0, row.byteLength, from);
  if (bytesRead !== row.byteLength) throw new RangeError(`${bytesRead} of ${row.byteLength} bytes were read`);
  return row;
}
