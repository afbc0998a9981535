import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { ConflictError, MissingKeyError, type Store, StoreError } from "../../src/store/store.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);

/** What every store keeps to. `make` gives a new, empty store; `again` another client of the same place. */
export function describeStore(name: string, make: () => Promise<{ store: Store; again: () => Store }>): void {
  describe(name, () => {
    let store: Store;
    let again: () => Store;
    beforeEach(async () => {
      ({ store, again } = await make());
    });

    it("gives back what was put, to every client, with the tag that put gave", async () => {
      const { etag } = await store.put("a/b.json", bytesOf("one"));
      expect(await again().get("a/b.json")).toEqual({ bytes: expect.anything(), etag });
      expect(textOf((await again().get("a/b.json"))?.bytes)).toBe("one");
      expect(await again().size("a/b.json")).toBe(3);
    });

    it("has nothing where nothing was put, nor at what is only the beginning of a key", async () => {
      await store.put("a/b/c", bytesOf("x"));
      for (const key of ["a", "a/b", "a/b/c/d", "z"]) {
        expect(await store.get(key)).toBeUndefined();
        expect(await store.size(key)).toBeUndefined();
        await expect(store.readInto(key, new Uint8Array(1))).rejects.toThrow(MissingKeyError);
        await store.delete(key);
      }
      expect(await store.list("")).toEqual(["a/b/c"]);
    });

    it("keeps empty objects", async () => {
      await store.put("empty", new Uint8Array(0));
      expect(await store.size("empty")).toBe(0);
      expect((await store.get("empty"))?.bytes.length).toBe(0);
      await store.readInto("empty", new Uint8Array(0));
    });

    it("changes the tag whenever the bytes change", async () => {
      const first = await store.put("k", bytesOf("one"));
      const second = await store.put("k", bytesOf("two"));
      expect(second.etag).not.toBe(first.etag);
      expect((await store.get("k"))?.etag).toBe(second.etag);
    });

    it("puts what must be new only once, and leaves what was there", async () => {
      await store.put("m/v/file", bytesOf("first"), { ifNoneMatch: "*" });
      const late = store.put("m/v/file", bytesOf("second"), { ifNoneMatch: "*" });
      await expect(late).rejects.toThrow(ConflictError);
      expect(textOf((await store.get("m/v/file"))?.bytes)).toBe("first");
    });

    it("lets exactly one of many writers of a new key win", async () => {
      const writers = Array.from({ length: 12 }, (_, i) =>
        again().put("new", bytesOf(`${i}`), { ifNoneMatch: "*" }),
      );
      const outcomes = await Promise.allSettled(writers);
      const winners = outcomes.flatMap(({ status }, i) => (status === "fulfilled" ? [i] : []));
      expect(winners).toHaveLength(1);
      expect(textOf((await store.get("new"))?.bytes)).toBe(`${winners[0]}`);
      for (const outcome of outcomes) {
        if (outcome.status === "rejected") expect(outcome.reason).toBeInstanceOf(ConflictError);
      }
    });

    it("replaces what was read, and refuses what has changed or gone since", async () => {
      const { etag } = await store.put("c", bytesOf("one"));
      await store.put("c", bytesOf("two"), { ifMatch: etag });
      await expect(store.put("c", bytesOf("three"), { ifMatch: etag })).rejects.toThrow(ConflictError);
      expect(textOf((await store.get("c"))?.bytes)).toBe("two");
      await store.delete("c");
      await expect(store.put("c", bytesOf("four"), { ifMatch: etag })).rejects.toThrow(ConflictError);
      expect(await store.get("c")).toBeUndefined();
    });

    it("loses no update that was made by compare-and-set", async () => {
      await store.put("sum", bytesOf("0"));
      const addOne = async (client: Store): Promise<void> => {
        for (;;) {
          const { bytes, etag } = (await client.get("sum"))!;
          try {
            await client.put("sum", bytesOf(String(Number(textOf(bytes)) + 1)), { ifMatch: etag });
            return;
          } catch (error) {
            if (!(error instanceof ConflictError)) throw error;
          }
        }
      };
      await Promise.all(Array.from({ length: 16 }, () => addOne(again())));
      expect(textOf((await store.get("sum"))?.bytes)).toBe("16");
    });

    it("fills a buffer piece by piece, telling how far it is", async () => {
      const bytes = new Uint8Array(20 * 2 ** 20 + 7).map((_, i) => (i * 31) ^ (i >> 11));
      await store.put("large", bytes);
      // A view in the middle of something larger: nothing outside of it may be touched.
      const memory = new Uint8Array(bytes.length + 64).fill(0xaa);
      const told: number[] = [];
      await store.readInto("large", memory.subarray(32, 32 + bytes.length), (count) => told.push(count));
      expect(Buffer.compare(memory.subarray(32, 32 + bytes.length), bytes)).toBe(0);
      expect([...memory.subarray(0, 32), ...memory.subarray(-32)].every((byte) => byte === 0xaa)).toBe(true);
      // Pieces that are read at once may all be there before the first one is.
      expect(told.length).toBeGreaterThan(0);
      expect(told.at(-1)).toBe(bytes.length);
      expect(told).toEqual(told.toSorted((a, b) => a - b));
    });

    it("stops reading at the first piece that its reader refuses", async () => {
      await store.put("large", new Uint8Array(20 * 2 ** 20));
      const refused = new Error("refused");
      let count = 0;
      const reading = store.readInto("large", new Uint8Array(20 * 2 ** 20), () => {
        count++;
        throw refused;
      });
      await expect(reading).rejects.toBe(refused);
      expect(count).toBe(1);
    });

    it("refuses to fill a buffer that is not of the object's size, naming both", async () => {
      await store.put("five", bytesOf("12345"));
      for (const length of [4, 6]) {
        const reading = store.readInto("five", new Uint8Array(length));
        await expect(reading).rejects.toThrow(StoreError);
        await expect(reading).rejects.toThrow(new RegExp(`five.*5 bytes.*${length}`));
      }
    });

    it("lists what begins with a prefix, in order, whether or not it ends a name", async () => {
      for (const key of ["b/2", "a", "b/10", "b/1", "bc", "b/1.5/x", "c/b/1"])
        await store.put(key, bytesOf(key));
      expect(await store.list("")).toEqual(["a", "b/1", "b/1.5/x", "b/10", "b/2", "bc", "c/b/1"]);
      expect(await store.list("b/")).toEqual(["b/1", "b/1.5/x", "b/10", "b/2"]);
      expect(await store.list("b/1")).toEqual(["b/1", "b/1.5/x", "b/10"]);
      expect(await store.list("b")).toEqual(["b/1", "b/1.5/x", "b/10", "b/2", "bc"]);
      expect(await store.list("none/")).toEqual([]);
      expect(await store.list("a/")).toEqual([]);
    });

    it("forgets what was deleted, and takes it anew", async () => {
      await store.put("x/y", bytesOf("1"), { ifNoneMatch: "*" });
      await store.delete("x/y");
      expect(await store.get("x/y")).toBeUndefined();
      expect(await store.list("")).toEqual([]);
      await store.put("x/y", bytesOf("2"), { ifNoneMatch: "*" });
      expect(textOf((await store.get("x/y"))?.bytes)).toBe("2");
    });

    it("takes no key that could lead elsewhere", async () => {
      const segment = fc.constantFrom(
        "..",
        ".",
        "",
        ".hidden",
        "a b",
        "a\\b",
        "~",
        "a\0",
        "é",
        "-a",
        "C:",
        "%2e",
      );
      const place = fc.tuple(fc.constantFrom("", "a/", "a/b/"), segment, fc.constantFrom("", "/c"));
      await fc.assert(
        fc.asyncProperty(place, async ([before, wrong, after]) => {
          const key = `${before}${wrong}${after}`;
          const calls = [
            store.get(key),
            store.size(key),
            store.readInto(key, new Uint8Array(1)),
            store.put(key, bytesOf("x")),
            store.delete(key),
          ];
          for (const outcome of await Promise.allSettled(calls)) {
            expect(outcome).toMatchObject({ status: "rejected", reason: expect.any(StoreError) });
          }
        }),
        { seed: 1, numRuns: 60 },
      );
      for (const prefix of ["../", "/", "a/../..", ".", "a//"]) {
        await expect(store.list(prefix)).rejects.toThrow(StoreError);
      }
      await expect(store.put("k".repeat(901), bytesOf("x"))).rejects.toThrow("is no key");
    });

    it("answers as a map would, whatever is done to it", async () => {
      const key = fc.constantFrom("a", "b/c", "b/d", "e/f/g");
      const step = fc.oneof(
        fc.record({ kind: fc.constant("put" as const), key, text: fc.string({ maxLength: 5 }) }),
        fc.record({ kind: fc.constant("new" as const), key, text: fc.string({ maxLength: 5 }) }),
        fc.record({ kind: fc.constant("match" as const), key, text: fc.string({ maxLength: 5 }) }),
        fc.record({ kind: fc.constant("delete" as const), key, text: fc.constant("") }),
      );
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
          const fresh = (await make()).store;
          const model = new Map<string, string>();
          for (const { kind, key, text } of steps) await agree(fresh, model, kind, key, text);
          expect(await fresh.list("")).toEqual([...model.keys()].sort());
          for (const [key, text] of model) expect(textOf((await fresh.get(key))?.bytes)).toBe(text);
        }),
        { seed: 1, numRuns: 25 },
      );
    });
  });
}

/** One step in a store and in the map that it should be like. */
async function agree(
  store: Store,
  model: Map<string, string>,
  kind: "put" | "new" | "match" | "delete",
  key: string,
  text: string,
): Promise<void> {
  if (kind === "delete") {
    await store.delete(key);
    model.delete(key);
    return;
  }
  const present = await store.get(key);
  expect(present !== undefined).toBe(model.has(key));
  if (kind === "new" && model.has(key)) {
    await expect(store.put(key, bytesOf(text), { ifNoneMatch: "*" })).rejects.toThrow(ConflictError);
    return;
  }
  if (kind === "match" && !present) {
    await expect(store.put(key, bytesOf(text), { ifMatch: '"none"' })).rejects.toThrow(ConflictError);
    return;
  }
  const condition = {
    put: undefined,
    new: { ifNoneMatch: "*" },
    match: { ifMatch: present?.etag ?? "" },
  } as const;
  await store.put(key, bytesOf(text), condition[kind]);
  model.set(key, text);
}
