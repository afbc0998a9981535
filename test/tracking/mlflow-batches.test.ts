import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { batchesOf, batchLimits } from "../../src/tracking/mlflow-batches.ts";

const text = fc.string({ unit: "grapheme", maxLength: 40 });
const pairs = fc.dictionary(text, text, { maxKeys: 12 });
const measurements = fc.array(
  fc.record({
    name: text,
    value: fc.double({ noNaN: true, noDefaultInfinity: true }),
    step: fc.nat(),
    at: fc.nat(),
  }),
  { maxLength: 30 },
);

describe("the requests of an entry", () => {
  it("keep every limit and lose nothing, in order", () => {
    const limits = { metrics: 7, params: 3, tags: 2, items: 8, bytes: 900 };
    fc.assert(
      fc.property(pairs, pairs, measurements, (params, tags, found) => {
        const batches = [...batchesOf({ params, tags, measurements: found }, limits)];
        for (const batch of batches) {
          const { metrics, params: some, tags: others } = batch;
          expect(metrics.length).toBeLessThanOrEqual(limits.metrics);
          expect(some.length).toBeLessThanOrEqual(limits.params);
          expect(others.length).toBeLessThanOrEqual(limits.tags);
          const count = metrics.length + some.length + others.length;
          expect(count).toBeGreaterThan(0);
          expect(count).toBeLessThanOrEqual(limits.items);
          const body = JSON.stringify({ run_id: "0".repeat(32), ...batch });
          if (count > 1) expect(Buffer.byteLength(body)).toBeLessThanOrEqual(limits.bytes);
        }
        const sent = batches.flatMap(({ metrics }) => metrics);
        expect(sent).toEqual(
          found.map(({ name, value, step, at }) => ({ key: name, value, step, timestamp: at })),
        );
        expect(batches.flatMap((batch) => batch.params.map(({ key }) => key))).toEqual(Object.keys(params));
        expect(batches.flatMap((batch) => batch.tags.map(({ key }) => key))).toEqual(Object.keys(tags));
      }),
    );
  });

  it("take a sweep's worth of figures in as few as MLflow allows", () => {
    const many = Array.from({ length: 2500 }, (_, step) => ({ name: "loss", value: 1, step, at: 0 }));
    const params = Object.fromEntries(Array.from({ length: 250 }, (_, at) => [`p${at}`, "1"]));
    const batches = [...batchesOf({ params, tags: {}, measurements: many })];
    expect(batches.map(({ metrics, params: some }) => [some.length, metrics.length])).toEqual([
      [100, 0],
      [100, 0],
      [50, 950],
      [0, 1000],
      [0, 550],
    ]);
  });

  it("cut values that are longer than MLflow keeps", () => {
    const long = "x".repeat(10_000);
    const [batch] = batchesOf({ params: { p: long }, tags: { t: long }, measurements: [] });
    expect([batch.params[0].value.length, batch.tags[0].value.length]).toEqual([6000, 5000]);
    expect(batch.params[0].value.endsWith("…")).toBe(true);
    expect(batchLimits.bytes).toBe(1_000_000);
  });
});
