import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openStore } from "../../src/store/open-store.ts";
import type { S3Settings } from "../../src/store/s3-place.ts";
import { S3Store } from "../../src/store/s3-store.ts";
import { ConflictError } from "../../src/store/store.ts";
import { startS3 } from "./s3-under-test.ts";
import { describeStore } from "./store-suite.ts";

let settings: S3Settings;
let stop: () => Promise<void>;
beforeAll(async () => {
  ({ settings, stop } = await startS3());
});
afterAll(() => stop());

const newStore = () => {
  const location = `s3://bucket/${randomUUID()}`;
  return { store: new S3Store(location, settings), again: () => new S3Store(location, settings) };
};

describeStore("a store in a bucket", async () => newStore());

const large = Buffer.alloc(17 * 2 ** 20 + 5, "no two of its pieces are alike, for this is 53 bytes. ");

describe("a store in a bucket", () => {
  it("is named by an address, with or without a prefix", () => {
    expect(openStore("s3://shop-models").location).toBe("s3://shop-models");
    expect(openStore("s3://shop-models/eu/").location).toBe("s3://shop-models/eu");
    expect(openStore("s3://shop-models/eu").describe("a/b")).toBe("s3://shop-models/eu/a/b");
    for (const wrong of [
      "s3://",
      "s3:///eu",
      "s3://Shop",
      "s3://shop models",
      "s3://shop/../x",
      "s3://shop/a//b",
    ]) {
      expect(() => openStore(wrong)).toThrow(/s3:/);
    }
  });

  it("sees nothing of what lies beside its prefix", async () => {
    const { store } = newStore();
    const beside = new S3Store(`${store.location}-beside`, settings);
    await beside.put("a", large.subarray(0, 5));
    expect(await store.list("")).toEqual([]);
    expect(await beside.list("")).toEqual(["a"]);
  });

  it("puts what is large in parts, as whole and as conditionally as what is small", async () => {
    const { store, again } = newStore();
    const { etag } = await store.put("large", large, { ifNoneMatch: "*" });
    expect(etag).toMatch(/-3"$/);
    expect(await store.size("large")).toBe(large.length);
    expect(Buffer.compare((await again().get("large"))!.bytes, large)).toBe(0);
    await expect(again().put("large", large, { ifNoneMatch: "*" })).rejects.toThrow(ConflictError);
    await expect(again().put("large", large, { ifMatch: '"other"' })).rejects.toThrow(ConflictError);
    expect((await store.get("large"))?.etag).toBe(etag);
    await store.put("large", large.subarray(1), { ifMatch: etag });
    expect((await store.get("large"))?.etag).not.toBe(etag);
  });

  it("lets exactly one of twenty writers win who have read the same", async () => {
    const { store, again } = newStore();
    const { etag } = await store.put("channel", large.subarray(0, 1));
    const writers = Array.from({ length: 20 }, (_, i) =>
      again().put("channel", large.subarray(0, i + 2), { ifMatch: etag }),
    );
    const outcomes = await Promise.allSettled(writers);
    const won = outcomes.flatMap(({ status }, i) => (status === "fulfilled" ? [i] : []));
    expect(won).toHaveLength(1);
    expect(await store.size("channel")).toBe(won[0] + 2);
    for (const outcome of outcomes) {
      if (outcome.status === "rejected") expect(outcome.reason).toBeInstanceOf(ConflictError);
    }
  });
});
