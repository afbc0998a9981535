import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { compare, type Findings, figure, table } from "./comparison.ts";
import type { Latency, ScaleServing, ServingOrder } from "./scale-serving.ts";
import type { ScaleShop } from "./scale-shop.ts";
import type { ScaleTraining, TrainingOrder } from "./scale-training.ts";

const rank = 64;
const threads = 2;
const events = [1, 3, 10, 30].map((millions) => millions * 1e6);
const catalogues = [10_000, 100_000, 1_000_000];

/** All of one shape: 30 events for each user, 5 users for each item. */
const growing: readonly ScaleShop[] = events.map((eventCount) => ({
  name: `${eventCount / 1e6}M interactions`,
  userCount: Math.round(eventCount / 30),
  itemCount: Math.round(eventCount / 150),
  eventCount,
}));
const broad: readonly ScaleShop[] = catalogues.map((itemCount) => ({
  name: `${itemCount.toLocaleString("en")} items`,
  userCount: Math.max(20_000, itemCount / 2),
  itemCount,
  eventCount: Math.max(20_000, itemCount / 2) * 20,
}));

interface Measured {
  readonly shop: ScaleShop;
  readonly training: ScaleTraining;
  readonly stored: ScaleServing;
  readonly folded: ScaleServing;
}

/** Seconds, memory, bytes, loading and requests of ever larger shops, each in processes of its own. */
export async function benchScale(): Promise<Findings> {
  const grown = await measureAll(growing);
  const wide = await measureAll(broad);
  return {
    title: "Scale",
    rows: [...grown, ...wide].map(({ shop, stored }) =>
      compare(`loading ${shop.name}`, "reading the bytes with SHA-256", "ms", stored.load, stored.read),
    ),
    notes: [
      `Power-law shops, ${rank} factors, ${threads} threads, each step's seconds; the peak is the process's largest ` +
        "resident set, the generator of the events included.",
      trainingTable(grown),
      `The seconds of one step grow from size to size as the events do where this says 1: ${growth(grown)}.`,
      `Once its bytes are read, a model is open in ${opening([...grown, ...wide])} ms.`,
      "A known user's row by three ways: stored in the file, read by range from the folder for each request, folded in " +
        "from history. Milliseconds for the best 20 by `rank`, p50 / p99 of known users; a range costs the same file as a " +
        "stored row, and the memory of a fold-in.",
      servingTable([...grown, ...wide]),
    ],
  };
}

async function measureAll(shops: readonly ScaleShop[]): Promise<Measured[]> {
  const measured: Measured[] = [];
  for (const shop of shops) measured.push(await measure(shop));
  return measured;
}

async function measure(shop: ScaleShop): Promise<Measured> {
  console.error(shop.name);
  const folder = await mkdtemp(join(tmpdir(), "aisle-scale-"));
  try {
    const order: TrainingOrder = { shop, rank, threads, folder };
    const training = await inChild<ScaleTraining>("scale-training.ts", order);
    const serve = (version: string) => {
      const asked: ServingOrder = { folder, version };
      return inChild<ScaleServing>("scale-serving.ts", asked);
    };
    return {
      ...{ shop, training },
      stored: await serve(training.stored.version),
      folded: await serve(training.folded.version),
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** What a process that takes an order as JSON prints as JSON. */
export async function inChild<Answer>(file: string, order: object): Promise<Answer> {
  const path = new URL(file, import.meta.url).pathname;
  const args = ["--expose-gc", path, JSON.stringify(order)];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args);
  process.stderr.write(stderr);
  return JSON.parse(stdout);
}

function trainingTable(measured: readonly Measured[]): string {
  const steps = Object.keys(measured[0].training.seconds);
  const head = ["interactions", "pairs", "users × items", ...steps.map((step) => `${step} s`), "peak GiB"];
  return table(
    head,
    measured.map(({ shop, training: { userCount, itemCount, pairCount, seconds, peak } }) => [
      `${shop.eventCount / 1e6}M`,
      `${figure(pairCount / 1e6)}M`,
      `${userCount.toLocaleString("en")} × ${itemCount.toLocaleString("en")}`,
      ...steps.map((step) => figure(seconds[step])),
      figure(Math.max(...Object.values(peak)) / 2 ** 30),
    ]),
  );
}

/** The exponent of each step between the smallest and the largest shop: log of the seconds' ratio by that of the sizes. */
function growth(measured: readonly Measured[]): string {
  const [first, last] = [measured[0], measured[measured.length - 1]];
  const size = Math.log(last.shop.eventCount / first.shop.eventCount);
  return Object.keys(first.training.seconds)
    .map((step) => {
      const exponent = Math.log(last.training.seconds[step] / first.training.seconds[step]) / size;
      return `${step} ${exponent.toFixed(2)}`;
    })
    .join(", ");
}

function servingTable(measured: readonly Measured[]): string {
  const head = [
    ...["shop", "MB stored", "MB folded", "load ms stored", "load ms folded", "MiB resident stored"],
    ...["MiB resident folded", "ms stored", "ms by range", "ms folded"],
  ];
  return table(
    head,
    measured.map(({ shop, training, stored, folded }) => [
      shop.name,
      figure(training.stored.byteLength / 1e6),
      figure(training.folded.byteLength / 1e6),
      ...[figure(stored.load), figure(folded.load)],
      ...[figure(stored.resident / 2 ** 20), figure(folded.resident / 2 ** 20)],
      ...[latency(stored.stored), latency(stored.ranged), latency(folded.folded)],
    ]),
  );
}

/** From the fastest to the slowest of all these models. */
function opening(measured: readonly Measured[]): string {
  const times = measured.flatMap(({ stored, folded }) => [stored.open, folded.open]);
  return `${figure(Math.min(...times))} to ${figure(Math.max(...times))}`;
}

function latency(of: Latency | undefined): string {
  return of ? `${figure(of.p50)} / ${figure(of.p99)}` : "–";
}
