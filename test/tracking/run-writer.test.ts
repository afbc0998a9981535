import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { StoreError } from "../../src/store/store.ts";
import { userValuesSchema } from "../../src/tracking/record.ts";
import { RunWriter, recordOf, userValuesOf } from "../../src/tracking/run-writer.ts";
import { MemoryStore } from "../rollout/memory-store.ts";

describe("a run's writer", () => {
  it("writes all that it is given, whatever comes when, and nothing twice", async () => {
    const store = new MemoryStore();
    const writer = new RunWriter(store, (error) => expect.unreachable(error.message));
    await store.put("a/0", new Uint8Array(1));
    const waiting: Promise<void>[] = [];
    for (let round = 0; round < 30; round++) {
      writer.putLater(recordOf(`later/${round}`, round));
      waiting.push(writer.put(recordOf(`a/${round}`, round), recordOf(`b/${round}`, round)));
      if (round % 7 === 0) await writer.settle();
    }
    await Promise.all(waiting);
    expect(await writer.finish()).toEqual({ missing: 0 });
    expect(await store.list("")).toHaveLength(90);
    expect((await store.get("a/0"))?.bytes).toEqual(new Uint8Array(1));
  });

  it("goes on writing, what was refused too, once the store takes it again", async () => {
    let isFull = true;
    const store = new MemoryStore(async (_, call) => {
      if (isFull) throw new StoreError("the disk is full");
      return call();
    });
    const writer = new RunWriter(store, () => {}, 0);
    await writer.put(recordOf("a", 1));
    await writer.settle();
    isFull = false;
    await writer.put(recordOf("b", 2));
    await writer.settle();
    expect(await store.list("")).toEqual(["a", "b"]);
  });

  it("tells of the first refusal only, and tries all that was refused again at the end", async () => {
    const store = new MemoryStore();
    const put = store.put.bind(store);
    let isFull = true;
    store.put = async (...args) => {
      if (isFull) throw new StoreError("the disk is full");
      return put(...args);
    };
    const told: string[] = [];
    const writer = new RunWriter(store, ({ message }) => told.push(message));
    for (const name of ["a", "b", "c"]) await writer.put(recordOf(`${name}/1`, 1), recordOf(`${name}/2`, 2));
    await writer.settle();
    expect(await writer.finish()).toEqual({ missing: 6, error: expect.any(StoreError) });
    isFull = false;
    expect(await writer.finish()).toEqual({ missing: 0 });
    expect(told).toEqual(["the disk is full"]);
    expect(await store.list("")).toHaveLength(6);
  });
});

it("writes a value by no more digits than its f32 needs, and no less", () => {
  const about = { cut: "c", metric: "ndcg@10 on all items" };
  fc.assert(
    fc.property(fc.float32Array({ noNaN: true, noDefaultInfinity: true }), (column) => {
      const document = JSON.parse(JSON.stringify(userValuesOf(about, { aisle: column })));
      const { values } = userValuesSchema.parse(document);
      expect(Float32Array.from(values.aisle)).toEqual(column.map((value) => value + 0));
    }),
    { seed: 1, numRuns: 200 },
  );
  const { values } = userValuesOf(about, { aisle: Float32Array.of(0.1, 0, 1, 1 / 3) });
  expect(JSON.stringify(values.aisle)).toBe("[0.1,0,1,0.33333334]");
});
