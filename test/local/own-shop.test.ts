import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { Problem } from "../../src/http/problem.ts";
import type { OwnShop } from "../../src/local/own-shop.ts";
import type { FileKind, OwnShopState, ReadingSettings } from "../../src/local/own-shop-state.ts";
import { type LocalServer, startLocal } from "../../src/local/server.ts";
import { type Upload, Uploads } from "../../src/local/uploads.ts";
import { smallServing } from "../serving/small-shop.ts";

const folder = mkdtempSync(join(tmpdir(), "aisle-own-shop-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const running: LocalServer[] = [];
afterEach(() => Promise.all(running.splice(0).map((server) => server.stop())));

/** Keeps files as the real one does, and notes the rest. */
class NotedShop implements OwnShop {
  readonly uploads = new Uploads(join(folder, "uploads"));
  readonly notes: unknown[] = [];
  kept: Upload[] = [];
  bytesMax = { events: 1000, items: 100 };

  state(): OwnShopState {
    return { bytesMax: this.bytesMax, files: {}, isOwnTraining: false };
  }

  async receive(kind: FileKind, name: string, body: Readable): Promise<void> {
    this.kept.push(await this.uploads.receive(body, { name, bytesMax: this.bytesMax[kind] }));
  }

  async forget(kind: FileKind): Promise<void> {
    this.notes.push(["forget", kind]);
  }

  async readAgain(kind: FileKind, settings: ReadingSettings): Promise<void> {
    this.notes.push([kind, settings]);
  }

  async train(): Promise<void> {
    throw new Problem({ name: "not-now", status: 409, title: "Not now", detail: "no" });
  }

  async cancel(): Promise<void> {
    this.notes.push("cancel");
  }

  async returnToDemo(): Promise<void> {
    this.notes.push("demo");
  }
}

async function start(ownShop: OwnShop | undefined, hostname = "127.0.0.1"): Promise<string> {
  const server = await startLocal({ serving: await smallServing(), port: 0, hostname, ownShop });
  running.push(server);
  return `http://127.0.0.1:${server.port}`;
}

const put = (body: string | object = "") => ({
  method: "PUT",
  body: typeof body === "string" ? body : JSON.stringify(body),
});

describe("one's own shop", () => {
  it("takes a file as it lies and says where things stand", async () => {
    const shop = new NotedShop();
    const url = await start(shop);
    const answer = await fetch(`${url}/start/files/events?name=my%20events.csv.gz`, put("a,b\n1,2\n"));
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual(shop.state());
    expect(shop.kept[0]).toMatchObject({ name: "my events.csv.gz", bytes: 8 });
    expect(shop.kept[0].path).toMatch(/my_events\.csv\.gz$/);
    expect(readFileSync(shop.kept[0].path, "utf8")).toBe("a,b\n1,2\n");
    await shop.uploads.close();
    expect(existsSync(join(folder, "uploads"))).toBe(false);
  });

  it("does not take one that is too large, announced or not, and leaves nothing of it", async () => {
    const shop = new NotedShop();
    const url = await start(shop);
    const announced = await fetch(`${url}/start/files/items?name=items.csv`, put("x".repeat(101)));
    expect(announced.status).toBe(413);
    expect(await announced.json()).toMatchObject({
      detail: expect.stringContaining("items.csv has more than"),
    });
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode("x".repeat(101)));
        controller.close();
      },
    });
    const init = { method: "PUT", body, duplex: "half" } as RequestInit;
    expect((await fetch(`${url}/start/files/items?name=items.csv`, init)).status).toBe(413);
    expect(filesUnder(join(folder, "uploads"))).toEqual([]);
    const empty = await fetch(`${url}/start/files/items?name=items.csv`, put());
    expect(await empty.json()).toMatchObject({ status: 400, detail: "items.csv is empty." });
  });

  it("keeps nothing of a file that breaks off on its way", async () => {
    const shop = new NotedShop();
    const failed = vi.fn();
    const receive = shop.receive.bind(shop);
    shop.receive = (...order) => receive(...order).catch(failed);
    const port = Number(new URL(await start(shop)).port);
    const socket = connect(port, "127.0.0.1");
    socket.write(
      "PUT /start/files/events?name=e.csv HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900\r\n\r\na,b\n",
    );
    await vi.waitUntil(() => filesUnder(join(folder, "uploads")).length === 1, { interval: 5 });
    socket.destroy();
    await vi.waitUntil(() => failed.mock.calls.length === 1, { interval: 5 });
    expect(failed.mock.calls[0][0]).toBeInstanceOf(Problem);
    expect(failed.mock.calls[0][0].message).toMatch(/e\.csv did not arrive whole/);
    expect(filesUnder(join(folder, "uploads"))).toEqual([]);
  });

  it("passes on what is said of a file, and refuses what says nothing", async () => {
    const shop = new NotedShop();
    const url = await start(shop);
    const say = async (body: string | object) => {
      const answer = await fetch(`${url}/start/files/events/settings`, put(body));
      return { status: answer.status, body: (await answer.json()) as { errors?: { parameter: string }[] } };
    };
    const settings = { columns: { user: "who", time: "" }, weights: { look: 1 }, allowsBadRows: true };
    expect((await say(settings)).status).toBe(200);
    expect(shop.notes).toEqual([["events", settings]]);
    for (const [wrong, parameter] of [
      ["{", "body"],
      [{ columns: { user: 1 } }, "columns"],
      [{ weights: { look: -1 } }, "weights"],
      [{ weights: { look: "1" } }, "weights"],
      [{ allowsBadRows: 1 }, "allowsBadRows"],
      [{ column: {} }, "column"],
    ] as const) {
      const { status, body } = await say(wrong);
      expect([status, body.errors?.[0].parameter]).toEqual([400, parameter]);
    }
    expect((await fetch(`${url}/start/files/users/settings`, put({}))).status).toBe(404);
  });

  it("does what is asked, and says why where it cannot be done now", async () => {
    const shop = new NotedShop();
    const url = await start(shop);
    expect((await fetch(`${url}/start/training`, { method: "DELETE" })).status).toBe(200);
    expect((await fetch(`${url}/start/demo`, { method: "PUT" })).status).toBe(200);
    expect((await fetch(`${url}/start/files/items`, { method: "DELETE" })).status).toBe(200);
    expect(shop.notes).toEqual(["cancel", "demo", ["forget", "items"]]);
    const refused = await fetch(`${url}/start/training`, { method: "PUT" });
    expect([refused.status, await refused.json()]).toMatchObject([409, { detail: "no" }]);
  });

  it("is nobody's but this machine's", async () => {
    const shop = new NotedShop();
    const everywhere = await start(shop, "0.0.0.0");
    expect((await fetch(`${everywhere}/start/state`)).status).toBe(403);
    const url = await start(shop);
    const foreign = { headers: { origin: "https://evil.example" } };
    for (const path of ["/start/state", "/start", "/inside/versions"]) {
      expect((await fetch(url + path, foreign)).status).toBe(403);
    }
    const file = { ...put("x"), ...foreign };
    expect((await fetch(`${url}/start/files/events?name=a.csv`, file)).status).toBe(403);
    expect(shop.kept).toEqual([]);
  });

  it("says where it is to be had, where it is not", async () => {
    const url = await start(undefined);
    const answer = await fetch(`${url}/start/state`);
    expect([answer.status, await answer.json()]).toMatchObject([
      404,
      { detail: expect.stringContaining("npm start") },
    ]);
  });
});

describe("the place of dropped files", () => {
  it("is cleared of what a process left that is gone, and of nothing else", async () => {
    const place = join(folder, "left");
    // Above the largest process id that Linux gives; this very process is alive.
    for (const name of ["4194305", String(process.pid), "notes"]) {
      mkdirSync(join(place, name), { recursive: true });
      writeFileSync(join(place, name, "events.csv"), "x");
    }
    const uploads = new Uploads(place);
    await uploads.sweep();
    expect(readdirSync(place).sort()).toEqual([String(process.pid), "notes"].sort());
    await uploads.close();
    expect(readdirSync(place)).toEqual(["notes"]);
  });
});

function filesUnder(place: string): string[] {
  if (!existsSync(place)) return [];
  return readdirSync(place, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);
}
