import type { Entry } from "./tracker.ts";

/** What one request of MLflow's `runs/log-batch` may hold; the bytes are those of its JSON. */
export const batchLimits = { metrics: 1000, params: 100, tags: 100, items: 1000, bytes: 1_000_000 } as const;
/** Characters; longer values are cut. MLflow keeps 6000 of a parameter and 5000 of a tag. */
const paramLengthMax = 6000;
const tagLengthMax = 5000;

export interface Batch {
  readonly metrics: { key: string; value: number; timestamp: number; step: number }[];
  readonly params: { key: string; value: string }[];
  readonly tags: { key: string; value: string }[];
}

/** All of an entry in its order, in as few requests as the limits allow. */
export function* batchesOf(
  { params, tags, measurements }: Pick<Entry, "params" | "tags" | "measurements">,
  limits: { readonly [L in keyof typeof batchLimits]: number } = batchLimits,
): Generator<Batch> {
  const pair = (max: number, [key, value]: [string, string]) => ({ key, value: cut(value, max) });
  const items = [
    ...Object.entries(params).map((each) => ({ kind: "params", item: pair(paramLengthMax, each) }) as const),
    ...Object.entries(tags).map((each) => ({ kind: "tags", item: pair(tagLengthMax, each) }) as const),
    ...measurements.map(
      ({ name: key, value, step, at: timestamp }) =>
        ({ kind: "metrics", item: { key, value, timestamp, step } }) as const,
    ),
  ];
  // What stands around the lists and the run's id.
  const frameBytes = 200;
  let batch: Batch = { metrics: [], params: [], tags: [] };
  let count = 0;
  let bytes = frameBytes;
  for (const { kind, item } of items) {
    const size = Buffer.byteLength(JSON.stringify(item)) + 1;
    const isFull =
      batch[kind].length === limits[kind] || count === limits.items || bytes + size > limits.bytes;
    if (isFull && count > 0) {
      yield batch;
      batch = { metrics: [], params: [], tags: [] };
      count = 0;
      bytes = frameBytes;
    }
    (batch[kind] as unknown[]).push(item);
    count++;
    bytes += size;
  }
  if (count > 0) yield batch;
}

/** Half a character, as an end or from a file's name, is none that a database takes. */
function cut(text: string, lengthMax: number): string {
  return (text.length <= lengthMax ? text : `${text.slice(0, lengthMax - 1)}…`).toWellFormed();
}
