import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { aggregate } from "../../src/interactions/aggregate-by-formula.ts";
import { defaultConfidence } from "../../src/interactions/confidence.ts";
import { EventLogBuilder } from "../../src/interactions/event-log.ts";
import { allocateModel, ModelFileError } from "../../src/model/buffer.ts";
import { formatVersion } from "../../src/model/header.ts";
import { layOutModel } from "../../src/model/layout.ts";
import { type Model, openModel } from "../../src/model/model.ts";
import { packTensors, TensorFileError } from "../../src/tensors/safetensors.ts";
import { modelOf, smallContents } from "./small-shop.ts";

const contents = await smallContents();
const file = layOutModel(contents).fileBytes.slice();

function load(bytes: Uint8Array): Model {
  const buffer = allocateModel(bytes.length);
  buffer.fileBytes.set(bytes);
  return openModel(buffer, "shop.safetensors");
}

test("what is laid out is what is loaded from its bytes", () => {
  const { interactions, fitted } = contents;
  const model = load(file);
  expect([...model.users]).toEqual([...interactions.users]);
  expect([...model.items]).toEqual([...interactions.items]);
  expect(model.items.row("ítem 4")).toBe(interactions.items.row("ítem 4"));
  expect(model.rank).toBe(8);
  expect(model.now).toBe(interactions.now);
  for (let user = 0; user < model.userCount; user++) {
    const { starts, columns } = interactions.confidence;
    expect(model.history(user).items).toEqual(columns.subarray(starts[user], starts[user + 1]));
    expect(model.userVector(user)).toEqual(fitted!.factors.users.subarray(user * 8, user * 8 + 8));
  }
  for (let item = 0; item < model.itemCount; item++) {
    expect(model.itemVector(item)).toEqual(fitted!.factors.items.subarray(item * 8, item * 8 + 8));
  }
});

test("laid out twice, the same bytes; answering writes nothing into them", () => {
  const again = layOutModel(contents);
  expect(again.fileBytes).toEqual(file);
  const model = openModel(again, "again");
  model.topK(model.userVector(0)!, 10, new Uint8Array(model.itemCount));
  model.neighbours(0, 5);
  expect(again.fileBytes).toEqual(file);
});

test("the memory never grows", () => {
  expect(() => (layOutModel(contents).memory as unknown as { grow(pages: number): number }).grow(1)).toThrow(
    RangeError,
  );
});

describe("the smallest shops", () => {
  test("one user, one item", async () => {
    const log = new EventLogBuilder();
    log.add({ userId: "only", itemId: "thing", eventType: "View", time: 1e9, value: 0 });
    const model = modelOf(await smallContents({ log: log.build() }));
    expect(model.topK(model.userVector(0)!, 5).rows).toEqual(new Uint32Array([0]));
    expect(model.neighbours(0, 5).rows.length).toBe(0);
  });

  test("no factors: popularity only", () => {
    const model = modelOf({ interactions: contents.interactions });
    expect(model.rank).toBe(0);
    expect(model.history(0).items.length).toBeGreaterThan(0);
    expect(model.foldIn(model.history(0))).toBeUndefined();
    expect(model.neighbours(0, 5).rows.length).toBe(0);
    expect(() => model.topK(new Float32Array(0), 3)).toThrow(/rank 0/);
  });

  test("nobody did anything", () => {
    const interactions = aggregate(new EventLogBuilder().build(), defaultConfidence);
    const model = modelOf({ interactions });
    expect([model.itemCount, model.userCount, model.popularRows.length]).toEqual([0, 0, 0]);
    expect(model.users.row("x")).toBe(-1);
  });

  test("without user factors, and without neighbours", () => {
    const model = modelOf({ ...contents, userFactors: false, neighbourCount: 0 });
    expect(model.hasUserFactors).toBe(false);
    expect(model.userVector(0)).toBeUndefined();
    expect(model.neighbours(0, 5).rows.length).toBe(5);
  });
});

test("neighbours from the table are the neighbours found when asked for", () => {
  const stored = modelOf({ ...contents, neighbourCount: 6 });
  const found = modelOf({ ...contents, neighbourCount: 0 });
  const hidden = Uint8Array.from({ length: stored.itemCount }, (_, row) => (row % 3) & 1);
  for (let item = 0; item < stored.itemCount; item++) {
    for (const [k, mask] of [
      [6, undefined],
      [3, hidden],
      [20, hidden],
    ] as const) {
      const a = stored.neighbours(item, k, mask);
      const b = found.neighbours(item, k, mask);
      expect([...a.rows]).toEqual([...b.rows]);
      a.scores.forEach((score, at) => {
        expect(score).toBeCloseTo(b.scores[at], 6);
      });
    }
  }
});

test("popularity counts users, in all, lately and by event type", () => {
  const { interactions } = contents;
  const { popularity, popularRows, trending } = modelOf(contents);
  const pairs = [...interactions.confidence.columns.keys()];
  const count = (item: number, which: (pair: number) => boolean) =>
    pairs.filter((pair) => interactions.confidence.columns[pair] === item && which(pair)).length;
  const age = (pair: number) => (interactions.now - interactions.lastTime[pair]) / 86_400;
  for (let item = 0; item < popularity.all.length; item++) {
    expect(popularity.all[item]).toBe(count(item, () => true));
    expect(popularity.days7[item]).toBe(count(item, (pair) => age(pair) < 7));
    expect(popularity.days28[item]).toBe(count(item, (pair) => age(pair) < 28));
    expect(popularity.byType[item]).toBe(count(item, (pair) => (interactions.typeBits[pair] & 1) === 1));
  }
  for (let place = 1; place < popularRows.length; place++) {
    expect(popularity.all[popularRows[place - 1]]).toBeGreaterThanOrEqual(popularity.all[popularRows[place]]);
  }
  expect(trending.rows.length).toBeGreaterThan(0);
  expect([...trending.scores]).toEqual([...trending.scores].sort((a, b) => b - a));
  expect(trending.scores.at(-1)).toBeGreaterThan(0);
});

test("NaN and Infinity are refused when a model is written", () => {
  const { fitted, interactions } = contents;
  for (const bad of [Number.NaN, Infinity]) {
    const items = fitted!.factors.items.slice();
    items[5] = bad;
    const factors = { ...fitted!.factors, items };
    expect(() => layOutModel({ interactions, fitted: { ...fitted!, factors } })).toThrow(
      /items.factors\[5\] is/,
    );
  }
});

describe("what is no model says so", () => {
  test("another safetensors file", () => {
    expect(() => load(packTensors({ a: { data: new Uint8Array(1) } }, {}))).toThrow(
      /shop.safetensors: no "aisle-model" in its metadata/,
    );
  });

  test("another version of the format", () => {
    const versions = { 1: "train again", [formatVersion + 1]: "update this program" };
    for (const [version, mend] of Object.entries(versions)) {
      const stranger = packTensors({}, { "aisle-model": `{"formatVersion":${version}}` });
      expect(() => load(stranger)).toThrow(
        `format version ${version}, this program reads version ${formatVersion}: ${mend}`,
      );
    }
  });

  test("a header that lacks fields", () => {
    expect(() => load(packTensors({}, { "aisle-model": `{"formatVersion":${formatVersion}}` }))).toThrow(
      ModelFileError,
    );
    expect(() => load(packTensors({}, { "aisle-model": "{" }))).toThrow(/not JSON/);
  });

  test("a file cut off", () => {
    expect(() => load(file.subarray(0, file.length - 64))).toThrow(/it has \d+/);
  });

  test("a count that its tensors deny, with both values", () => {
    const text = Buffer.from(file).toString("latin1");
    const at = text.indexOf('\\"itemCount\\":') + '\\"itemCount\\":'.length;
    const changed = file.slice();
    changed[at] = "9".charCodeAt(0);
    expect(() => load(changed)).toThrow(/tensor "[^"]+" has the shape \[\d+.*\], not \[9/);
  });

  test("any byte of the header flipped is an error of ours, or a header that says the same shapes", () => {
    const headerBytes = new DataView(file.buffer).getUint32(0, true) + 8;
    fc.assert(
      fc.property(fc.nat(headerBytes - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = file.slice();
        changed[at] ^= flip;
        try {
          expect(load(changed).itemCount).toBe(contents.interactions.items.count);
        } catch (error) {
          expect([ModelFileError, TensorFileError].some((kind) => error instanceof kind)).toBe(true);
        }
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  test("more than 4 GiB", () => {
    expect(() => allocateModel(2 ** 32)).toThrow(/4294967296 bytes does not fit/);
  });
});
