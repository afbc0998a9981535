import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createApp } from "../../src/http/app.ts";
import { Guard } from "../../src/http/guard.ts";
import { Registry } from "../../src/registry/registry.ts";
import { registrySource } from "../../src/serving/registry-source.ts";
import { Serving } from "../../src/serving/serving.ts";
import type { S3Settings } from "../../src/store/s3-place.ts";
import { S3Store } from "../../src/store/s3-store.ts";
import { publishSmallShop, smallParts } from "../lambda/published-shop.ts";
import { type Asked, type Fault, S3Server } from "../store/s3-server.ts";
import { personalModel, popularModel } from "./small-shop.ts";

let server: S3Server;
beforeAll(async () => {
  server = await new S3Server().start();
});
afterAll(() => server.stop());
beforeEach(() => {
  server.objects.clear();
  server.fault = () => undefined;
  server.accessKeyId = "test";
});

const registry = (settings: S3Settings = server.settings()) =>
  new Registry(new S3Store("s3://bucket/shop", settings));
const start = (settings?: S3Settings, memoryBytesMax?: number) =>
  Serving.start({ source: registrySource(registry(settings), "production"), memoryBytesMax });
const isModel = ({ method, key }: Asked) => method === "GET" && key.endsWith(".safetensors");

/** How long a server waits: as usual, or hardly, where a test makes it wait in vain. */
function patience() {
  const settings: { -readonly [K in keyof S3Settings]: S3Settings[K] } = server.settings({ attempts: 2 });
  return {
    settings,
    lose: () => void Object.assign(settings, { silenceMsMax: 20 }),
    regain: () => {
      server.fault = () => undefined;
      server.dropConnections();
      settings.silenceMsMax = 5000;
    },
  };
}

/** Another model becomes live; gives its version. */
async function promoteNext(): Promise<string> {
  const { buffer } = await popularModel();
  const { version } = await registry().publish(buffer.fileBytes, smallParts);
  const channel = await registry().channel("production");
  await registry().promote("production", { model: version }, { who: "test", why: "test" }, channel?.etag);
  return version;
}

async function statuses(serving: Serving): Promise<{ ready: number; rows: number; detail?: string }> {
  const app = createApp({ serving, guard: new Guard({ auth: "open" }) });
  const ready = await app.request("/health/ready");
  const rows = await app.request("/recommendations?numResults=3");
  const { detail } = (await ready.json()) as { detail?: string };
  return { ready: ready.status, rows: rows.status, ...(detail && { detail }) };
}

describe("a registry in S3 that fails", () => {
  const faults: Record<string, Fault> = {
    "answers 503": { status: 503, code: "SlowDown" },
    "cuts every connection": "cut",
    "sends bodies that are too short": "shortened",
    "sends flipped bytes": "flipped",
    "knows the credentials no more": { status: 400, code: "ExpiredToken" },
    denies: { status: 403, code: "AccessDenied" },
    "has lost the object": { status: 404, code: "NoSuchKey" },
    "never answers": "silent",
    "falls silent in the middle": "stall",
  };

  it.each(Object.entries(faults))("and %s leaves the last good model serving", async (_, fault) => {
    await publishSmallShop(registry().store);
    const { settings, lose, regain } = patience();
    const serving = await start(settings);
    const before = serving.snapshot?.parts.version;
    expect(before).toBeDefined();
    const next = await promoteNext();
    // The channel can be read; what it names cannot.
    lose();
    server.spoil(fault, 1000, isModel);
    await serving.refresh();
    expect(serving.snapshot?.parts.version).toBe(before);
    expect(serving.failure).toContain("models/");
    // Nothing can be read at all.
    server.spoil(fault, 1000);
    await serving.refresh();
    expect(await statuses(serving)).toMatchObject({ ready: 200, rows: 200 });
    regain();
    await serving.refresh();
    expect(serving.snapshot?.parts.version).toBe(next);
    expect(serving.failure).toBeUndefined();
  });

  it.each(Object.entries(faults))(
    "and %s from the start is answered with 503 until it does not",
    async (_, fault) => {
      await publishSmallShop(registry().store);
      const { settings, lose, regain } = patience();
      lose();
      server.spoil(fault, 1000);
      const serving = await start(settings);
      expect(await statuses(serving)).toMatchObject({ ready: 503, rows: 503, detail: expect.any(String) });
      regain();
      await serving.refresh();
      expect(await statuses(serving)).toMatchObject({ ready: 200, rows: 200 });
    },
  );

  it("says what is missing where nothing was promoted yet", async () => {
    const serving = await start();
    expect(await statuses(serving)).toMatchObject({
      ...{ ready: 503, rows: 503, detail: expect.stringContaining("No model is loaded yet") },
    });
    expect(serving.failure).toMatch(/names no model: publish one and promote it/);
  });
});

describe("a model in S3", () => {
  it("that does not fit beside the one in use is refused before a byte of it is fetched", async () => {
    await publishSmallShop(registry().store);
    const { byteLength } = (await personalModel()).buffer.fileBytes;
    const serving = await start(server.settings(), byteLength + 100);
    const before = serving.snapshot?.parts.version;
    const next = await promoteNext();
    server.asked.length = 0;
    await serving.refresh();
    expect(serving.snapshot?.parts.version).toBe(before);
    expect(serving.failure).toMatch(new RegExp(`model ${next} of \\d+ bytes is refused`));
    expect(server.asked.filter(isModel)).toEqual([]);
  });

  it("takes a start four requests and the model's pieces: no byte is asked for twice", async () => {
    await publishSmallShop(registry().store);
    server.asked.length = 0;
    await start();
    expect(server.asked.map(({ key }) => key.replace(/\/[^/]*Z-[^/]*/, "")).sort()).toEqual([
      "shop/catalogs/catalog.safetensors",
      "shop/channels/production.json",
      "shop/models/manifest.json",
      "shop/models/model.safetensors",
    ]);
  });
});
