import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openStore } from "../../src/store/open-store.ts";
import { S3Store } from "../../src/store/s3-store.ts";
import { S3Server } from "./s3-server.ts";
import { describeStore } from "./store-suite.ts";

let server: S3Server;
beforeAll(async () => {
  server = await new S3Server().start();
});
afterAll(() => server.stop());

const newStore = () => {
  const location = `s3://bucket/${randomUUID()}`;
  return {
    store: new S3Store(location, server.settings()),
    again: () => new S3Store(location, server.settings()),
  };
};

describeStore("a store in a bucket", async () => newStore());

describe("a store in a bucket", () => {
  it("is named by an address, with or without a prefix", () => {
    expect(openStore("s3://shop-models").location).toBe("s3://shop-models");
    expect(openStore("s3://shop-models/eu/").location).toBe("s3://shop-models/eu");
    expect(openStore("s3://shop-models/eu").describe("a/b")).toBe("s3://shop-models/eu/a/b");
  });
});
