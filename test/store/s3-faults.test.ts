import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { S3Settings } from "../../src/store/s3-place.ts";
import { S3Store } from "../../src/store/s3-store.ts";
import { ConflictError, MissingKeyError, StoreError } from "../../src/store/store.ts";
import { type Fault, S3Server } from "./s3-server.ts";

let server: S3Server;
beforeAll(async () => {
  server = await new S3Server().start();
});
afterAll(() => server.stop());
beforeEach(() => {
  server.objects.clear();
  server.asked.length = 0;
  server.fault = () => undefined;
  server.accessKeyId = "test";
});

const open = (given: Partial<S3Settings> = {}) => new S3Store("s3://bucket/eu", server.settings(given));
const small = new TextEncoder().encode("one and two and three");
// Of three pieces, no two alike.
const large = Buffer.alloc(17 * 2 ** 20 + 5, randomBytes(251));
const reads = () => server.asked.filter(({ method }) => method === "GET");

async function readLarge(store = open()): Promise<void> {
  const target = new Uint8Array(large.length);
  await store.readInto("large", target);
  expect(Buffer.compare(target, large)).toBe(0);
}

describe("what passes", () => {
  const slowDown: Fault = { status: 503, code: "SlowDown" };
  const passing: Record<string, Fault> = {
    "an overloaded S3": slowDown,
    "an internal error": { status: 500, code: "InternalError" },
    "a connection that is reset": "reset",
    "a connection that is cut in the middle of an object": "cut",
    "a body that is shorter than was asked for": "shortened",
    "a server that falls silent in the middle of an object": "stall",
    "a server that never answers": "silent",
  };
  it.each(Object.entries(passing))("%s is tried again, and what was read is kept", async (_, fault) => {
    const isSilence = fault === "silent" || fault === "stall";
    // Tests must not wait long for silence, and a busy machine is silent too: many short attempts.
    const store = open(isSilence ? { silenceMsMax: 100, attempts: 50 } : {});
    server.keep("eu/large", large);
    server.spoil(fault, 4);
    await readLarge(store);
    server.spoil(fault, 2);
    expect(await store.size("large")).toBe(large.length);
  });

  it("a piece that is cut goes on where it was cut", async () => {
    await open().put("small", small);
    server.spoil("cut");
    const target = new Uint8Array(small.length);
    await open().readInto("small", target);
    expect(target).toEqual(small);
    expect(reads().map(({ headers }) => headers.range)).toEqual(["bytes=0-20", "bytes=10-20"]);
    expect(reads().at(-1)?.headers["if-match"]).toBe(server.objects.get("eu/small")?.etag);
  });

  it("connections that died while nobody used them cost nothing but themselves", async () => {
    server.keep("eu/large", large);
    await readLarge();
    server.dropConnections();
    await readLarge();
    server.dropConnections();
    expect((await open().get("large"))?.bytes.length).toBe(large.length);
  });

  it("a flipped byte of a document is noticed and asked for again", async () => {
    await open().put("small", small);
    server.spoil("flipped");
    expect((await open().get("small"))?.bytes).toEqual(Buffer.from(small));
    server.spoil("flipped", 100);
    await expect(open().get("small")).rejects.toThrow(/eu\/small \(BadDigest\).*SHA-256/);
  });

  it("is not waited for without end", async () => {
    await open().put("small", small);
    server.spoil(slowDown, 100);
    server.asked.length = 0;
    await expect(open({ attempts: 3 }).get("small")).rejects.toThrow(
      /could not read s3:\/\/bucket\/eu\/small \(SlowDown, 503\).*tried several times/,
    );
    expect(server.asked).toHaveLength(3);
    server.spoil("silent", 100);
    await expect(open({ attempts: 2, silenceMsMax: 20 }).get("small")).rejects.toThrow(
      /small \(TimeoutError\): 127\.0\.0\.1:\d+ did not answer for 20 ms/,
    );
    server.dropConnections();
  });

  it("is waited for when writing and listing too", async () => {
    for (const fault of [slowDown, "reset"] as const) {
      server.spoil(fault, 4);
      await open().put("small", small);
      server.spoil(fault, 4);
      expect(await open().list("")).toEqual(["small"]);
      server.spoil(fault, 4);
      await open().delete("small");
    }
    expect(server.objects.size).toBe(0);
  });
});

describe("a write whose answer is lost", () => {
  it("has won if its own bytes are there, though its repetition is refused", async () => {
    server.spoil("answer lost");
    const { etag } = await open().put("new", small, { ifNoneMatch: "*" });
    expect(server.asked.map(({ method }) => method)).toEqual(["PUT", "PUT", "GET"]);
    server.spoil("answer lost");
    const after = await open().put("new", large.subarray(0, 9), { ifMatch: etag });
    expect((await open().get("new"))?.etag).toBe(after.etag);
  });

  it("has lost if somebody else's are, even the same", async () => {
    await open().put("new", small, { ifNoneMatch: "*" });
    server.spoil("reset");
    await expect(open().put("new", small, { ifNoneMatch: "*" })).rejects.toThrow(ConflictError);
  });

  it("has won too if all its repetitions are lost on the way", async () => {
    server.fault = ({ method }) => {
      if (method !== "PUT") return undefined;
      return server.objects.size === 0 ? "answer lost" : { status: 503, code: "SlowDown" };
    };
    await open().put("new", small, { ifNoneMatch: "*" });
    expect(server.objects.size).toBe(1);
  });

  it("is known again in parts as well", async () => {
    server.spoil("answer lost", 1, ({ method, query }) => method === "POST" && query.has("uploadId"));
    await open().put("large", large, { ifNoneMatch: "*" });
    await readLarge();
  });
});

describe("writers that meet", () => {
  const race: Fault = { status: 409, code: "ConditionalRequestConflict" };

  it("begin again when S3 asks them to", async () => {
    server.spoil(race, 2, ({ method }) => method === "PUT");
    await open().put("new", small, { ifNoneMatch: "*" });
    server.spoil(race, 1, ({ method, query }) => method === "POST" && query.has("uploadId"));
    await open().put("large", large, { ifNoneMatch: "*" });
    await readLarge();
    expect(server.uploads.open.size).toBe(0);
  });

  it("are told who is there already", async () => {
    await open().put("new", small);
    server.spoil(race, 1, ({ method }) => method === "PUT");
    await expect(open().put("new", large.subarray(0, 3), { ifNoneMatch: "*" })).rejects.toThrow(
      ConflictError,
    );
  });
});

describe("an upload in parts", () => {
  it("leaves nothing behind when it fails", async () => {
    server.spoil({ status: 403, code: "AccessDenied" }, 1, ({ query }) => query.get("partNumber") === "2");
    await expect(open().put("large", large)).rejects.toThrow(
      /large \(AccessDenied, 403\): grant s3:PutObject/,
    );
    expect(server.uploads.open.size).toBe(0);
    expect(server.objects.size).toBe(0);
  });

  it("repeats only the part that failed", async () => {
    server.spoil({ status: 503, code: "SlowDown" }, 1, ({ query }) => query.get("partNumber") === "2");
    await open().put("large", large);
    const parts = server.asked.map(({ query }) => query.get("partNumber")).filter(Boolean);
    expect(parts.sort()).toEqual(["1", "2", "2", "3"]);
  });
});

describe("an object", () => {
  it("that is replaced while it is read is refused, not mixed", async () => {
    server.keep("eu/large", large);
    server.fault = ({ method }) => {
      const kept = server.objects.get("eu/large")!;
      if (method === "GET" && reads().length === 2)
        server.objects.set("eu/large", { ...kept, etag: '"other"' });
      return undefined;
    };
    await expect(open().readInto("large", new Uint8Array(large.length))).rejects.toThrow(/replaced while/);
  });

  it("that is missing is said to be, in a bucket that is there", async () => {
    expect(await open().get("none")).toBeUndefined();
    await expect(open().readInto("none", new Uint8Array(large.length))).rejects.toThrow(MissingKeyError);
    const elsewhere = new S3Store("s3://other/eu", server.settings());
    await expect(elsewhere.get("none")).rejects.toThrow(/s3:\/\/other\/eu\/none \(NoSuchBucket, 404\).*name/);
  });

  it("is listed on whichever page it stands", async () => {
    const keys = Array.from({ length: 25 }, (_, i) => `k/${String(i).padStart(2, "0")}`);
    await Promise.all(keys.map((key) => open().put(key, small)));
    server.objects.set("eu/k/not a key", { ...server.objects.get("eu/k/00")! });
    server.pageSize = 10;
    expect(await open().list("k/")).toEqual(keys);
    server.pageSize = 1000;
  });
});

describe("what only a person can mend", () => {
  const denied: Fault = { status: 403, code: "AccessDenied" };
  const actions: [string, (store: S3Store) => Promise<unknown>, RegExp][] = [
    [
      "read",
      (store) => store.get("a"),
      /grant s3:GetObject on arn:aws:s3:::bucket\/eu\/\*.*without s3:ListBucket/i,
    ],
    ["read", (store) => store.readInto("a", new Uint8Array(9)), /grant s3:GetObject/],
    ["write", (store) => store.put("a", small), /grant s3:PutObject and s3:AbortMultipartUpload on arn/],
    ["list", (store) => store.list("a"), /grant s3:ListBucket on arn:aws:s3:::bucket$/],
    ["delete", (store) => store.delete("a"), /grant s3:DeleteObject on arn/],
  ];
  it.each(actions)("says what to grant to %s", async (action, act, grant) => {
    server.spoil(denied, 9);
    const failing = act(open());
    await expect(failing).rejects.toThrow(StoreError);
    await expect(failing).rejects.toThrow(`could not ${action} s3://bucket/eu/a (AccessDenied, 403)`);
    await expect(failing).rejects.toThrow(grant);
    expect(server.asked.length).toBe(1);
  });

  const others: [Fault, RegExp][] = [
    [{ status: 400, code: "ExpiredToken" }, /\(ExpiredToken, 400\): the credentials have expired/],
    [{ status: 403, code: "SignatureDoesNotMatch" }, /AWS_SECRET_ACCESS_KEY/],
    [{ status: 403, code: "RequestTimeTooSkewed" }, /clock/],
    [
      { status: 301, code: "PermanentRedirect", headers: { "x-amz-bucket-region": "us-west-2" } },
      /the bucket is in us-west-2: set AWS_REGION=us-west-2/,
    ],
  ];
  it.each(others)("explains %j", async (fault, explanation) => {
    server.spoil(fault, 9);
    await expect(open().get("a")).rejects.toThrow(explanation);
    server.spoil(fault, 9);
    await expect(open().put("a", small)).rejects.toThrow(explanation);
  });

  it("explains keys that AWS does not know, and an endpoint that nobody listens on", async () => {
    server.accessKeyId = "somebody else";
    await expect(open().get("a")).rejects.toThrow(/InvalidAccessKeyId, 403.*AWS_ACCESS_KEY_ID/);
    await expect(open().list("")).rejects.toThrow(/InvalidAccessKeyId, 403.*AWS_ACCESS_KEY_ID/);
    const nowhere = open({ endpoint: "http://127.0.0.1:1", attempts: 2 });
    await expect(nowhere.get("a")).rejects.toThrow(/ECONNREFUSED.*AWS_ENDPOINT_URL_S3/);
    await expect(nowhere.put("a", small)).rejects.toThrow(/ECONNREFUSED.*AWS_ENDPOINT_URL_S3/);
  });
});
