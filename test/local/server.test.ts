import { connect } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { ListenError, type LocalOptions, type LocalServer, startLocal } from "../../src/local/server.ts";
import type { Answer } from "../../src/serving/query.ts";
import { Serving } from "../../src/serving/serving.ts";
import { smallServing, smallSource } from "../serving/small-shop.ts";

const running: LocalServer[] = [];
afterEach(() => Promise.all(running.splice(0).map((server) => server.stop())));

async function start(options: Partial<LocalOptions> = {}): Promise<LocalServer> {
  const server = await startLocal({ serving: await smallServing(), port: 0, ...options });
  running.push(server);
  return server;
}

/** The bytes of an answer as they travel. */
function raw(port: number, request: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, "127.0.0.1", () => socket.write(request, "latin1"));
    socket.on("data", (chunk) => chunks.push(chunk));
    socket.on("end", () => resolve(Buffer.concat(chunks)));
    socket.on("error", reject);
  });
}

describe("a local server", () => {
  it("answers like the app, on loopback without anyone saying who they are", async () => {
    const { url, port } = await start();
    expect(url).toBe(`http://localhost:${port}`);
    const answer = await (
      await fetch(`http://127.0.0.1:${port}/recommendations?userId=user+2&numResults=3`)
    ).json();
    expect(answer).toMatchObject({ source: "als", userId: "user 2" });
    const ready = await (await fetch(`http://127.0.0.1:${port}/v1/health/ready`)).json();
    expect(ready).toMatchObject({ state: "ready", auth: "open" });
  });

  it("asks who asks where the socket is bound to all addresses", async () => {
    const { port } = await start({ hostname: "0.0.0.0" });
    const ready = await (await fetch(`http://127.0.0.1:${port}/health/ready`)).json();
    expect(ready).toMatchObject({ auth: "keys" });
    const answer = await (await fetch(`http://127.0.0.1:${port}/recommendations?userId=user+2`)).json();
    expect(answer).toMatchObject({ source: "popular" });
  });

  it("drops no request while models are swapped under it", async () => {
    const source = smallSource();
    const { port } = await start({ serving: await Serving.start({ source, modelTtlSeconds: 0 }) });
    const seen: string[] = [];
    let swaps = 0;
    const ask = async () => {
      for (let turn = 0; turn < 25; turn++) {
        // After every twenty answers the channel names the other model; each answer is of one of them, and whole.
        if (seen.length >= 20 * (swaps + 1)) {
          swaps++;
          source.state = { etag: String(swaps), model: swaps % 2 === 0 ? "v1" : "v0", catalog: "c1" };
        }
        const response = await fetch(`http://127.0.0.1:${port}/recommendations?userId=user+2`);
        expect(response.status).toBe(200);
        const { source: kind, model, items } = (await response.json()) as Answer;
        expect(kind).toBe(model.version === "v1" ? "als" : "popular");
        expect(new Set(items.map((row) => row.itemId)).size).toBe(25);
        seen.push(model.version);
      }
    };
    await Promise.all([ask(), ask(), ask(), ask(), ask(), ask()]);
    expect(new Set(seen)).toEqual(new Set(["v0", "v1"]));
  });

  it("counts by the address of the socket", async () => {
    const { port } = await start({ auth: "keys", limits: { anonymous: { perSecond: 0.001, burst: 2 } } });
    const statuses = [];
    for (let i = 0; i < 3; i++) statuses.push((await fetch(`http://127.0.0.1:${port}/popular`)).status);
    expect(statuses).toEqual([200, 200, 429]);
  });

  it("compresses above 1 KB, for those who take it", async () => {
    const { port } = await start();
    const ask = (path: string, encoding: string) =>
      raw(
        port,
        `GET ${path} HTTP/1.1\r\nHost: a\r\nAccept-Encoding: ${encoding}\r\nConnection: close\r\n\r\n`,
      );
    const small = (await ask("/health/live", "gzip")).toString();
    expect(small).not.toMatch(/content-encoding/i);
    const plain = (await ask("/popular", "identity")).toString();
    expect(plain).not.toMatch(/content-encoding/i);
    const large = (await ask("/popular", "gzip")).toString("latin1");
    expect(large).toMatch(/content-encoding: gzip/i);
    expect(large).toMatch(/vary: accept-encoding/i);
    const response = await fetch(`http://127.0.0.1:${port}/popular`, {
      headers: { "accept-encoding": "gzip" },
    });
    expect(((await response.json()) as { items: unknown[] }).items.length).toBe(25);
  });

  it("says that a port is taken, and how to choose another", async () => {
    const { port } = await start();
    await expect(start({ port })).rejects.toThrow(ListenError);
    await expect(start({ port })).rejects.toThrow(
      new RegExp(`port ${port} of 127.0.0.1 is taken.*PORT=${port + 1}`),
    );
  });

  it("says where it cannot listen, and where it can", async () => {
    await expect(start({ hostname: "203.0.113.9" })).rejects.toThrow(
      /^"203\.0\.113\.9" is no address of this machine: bind 127\.0\.0\.1/,
    );
    await expect(start({ port: 70_000 })).rejects.toThrow("ports go from 0 to 65535");
  });

  it.each(
    Object.entries({
      "no host": ["GET /popular", "", 400],
      "a wrong host": ["GET /popular", "Host: a b", 400],
      "no path": ["OPTIONS *", "Host: a", 400],
      "no absolute path": ["GET popular", "Host: a", 400],
      "bytes that are no ASCII": ["GET /items/\xff", "Host: a", 400],
      "a NUL byte": ["GET /items/a\0b", "Host: a", 400],
      "a backslash": ["GET /items/a\\b", "Host: a", 400],
      "an unknown method": ["STARE /popular", "Host: a", 400],
      "a URL that is too long": [`GET /recommendations?${"recent=x&".repeat(2000)}`, "Host: a", 431],
      "a header that is too long": ["GET /popular", `Host: a\r\nX: ${"y".repeat(20_000)}`, 431],
    } satisfies Record<string, [string, string, number]>),
  )("answers %s with a problem", async (_, request) => {
    const [line, host, status] = request;
    const { port } = await start();
    const answer = String(
      await raw(port, `${line} HTTP/1.1\r\nConnection: close\r\n${host && `${host}\r\n`}\r\n`),
    );
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} .*\r\n`));
    expect(answer).toMatch(/content-type: application\/problem\+json/i);
    expect(answer).toMatch(/cache-control: no-store/i);
    const body = answer.slice(answer.indexOf("\r\n\r\n") + 4);
    expect(JSON.parse(body)).toMatchObject({ status, detail: expect.any(String) });
    expect((await fetch(`http://127.0.0.1:${port}/health/live`)).status).toBe(200);
  });

  it("stops at once when nothing is asked, though connections are kept alive", async () => {
    const server = await start();
    await (await fetch(`http://127.0.0.1:${server.port}/popular`)).json();
    const before = performance.now();
    await server.stop();
    expect(performance.now() - before).toBeLessThan(1000);
    await expect(fetch(`http://127.0.0.1:${server.port}/popular`)).rejects.toThrow();
  });

  it("lets a request in flight end before it stops", async () => {
    let enter: () => void = () => {};
    const inside = new Promise<void>((resolve) => {
      enter = resolve;
    });
    // The clock is read when the limits look at a request: from then on it is in flight.
    const now = () => {
      enter();
      return Date.now();
    };
    const server = await start({ auth: "keys", now });
    const body = '{"numResults":2}';
    const socket = connect(server.port, "127.0.0.1");
    const answer = new Promise<string>((resolve) => {
      socket.once("data", (chunk) => resolve(chunk.toString()));
    });
    const head = `Host: a\r\nContent-Type: application/json\r\nContent-Length: ${body.length}`;
    socket.write(`POST /recommendations HTTP/1.1\r\n${head}\r\n\r\n`);
    await inside;
    const stopped = server.stop();
    socket.write(body);
    expect(await answer).toMatch(/^HTTP\/1.1 200 OK/);
    await stopped;
  });
});

describe("the storefront", () => {
  const storefront = new URL("../../dist/web/", import.meta.url).pathname;
  const get = async (path: string, headers: Record<string, string> = {}) => {
    const { port } = await start({ storefront });
    return fetch(`http://127.0.0.1:${port}${path}`, { headers });
  };

  it.each([
    "/",
    "/product/a%2Fb",
    "/category/home%20decor?style=nordic",
    "/search?q=lamp",
    "/checkout",
    "/order/1",
    "/start",
    "/merchant",
  ])("answers %s with a page that allows nothing inline and nothing from elsewhere", async (path) => {
    const response = await get(path);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(response.headers.get("cache-control")).toBe("no-cache");
    const policy = response.headers.get("content-security-policy");
    expect(policy).toMatch(/default-src 'none'; script-src 'self'; style-src 'self'/);
    expect(policy).not.toMatch(/unsafe/);
    const text = await response.text();
    expect(text).toContain('<div id="root"></div>');
    expect(text).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\son[a-z]+=|\sstyle=/);
    expect(text).not.toMatch(/https?:\/\//);
  });

  it("lets files whose names hold their digest be kept for ever, compressed for those who take it", async () => {
    const page = await (await get("/")).text();
    const [, script] = /<script type="module"[^>]* src="([^"]+)"/.exec(page)!;
    const response = await get(script, { "accept-encoding": "gzip" });
    expect(response.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    expect(response.headers.get("content-encoding")).toBe("gzip");
    expect(response.headers.get("content-type")).toBe("text/javascript; charset=utf-8");
    const plain = await get(script, { "accept-encoding": "identity" });
    expect(plain.headers.get("content-encoding")).toBeNull();
    expect(await plain.text()).toBe(await response.text());
  });

  it("fills in where the API is and what prices are in, as text", async () => {
    const settings = { api: "https://api.example/prod/", currency: '"><script>' };
    const { port } = await start({ storefront, pageSettings: () => settings });
    const page = await (await fetch(`http://127.0.0.1:${port}/product/1`)).text();
    expect(page).toContain('<meta name="aisle-api" content="https://api.example/prod"');
    expect(page).toMatch(
      /<link rel="preload" as="fetch"[^>]* href="https:\/\/api\.example\/prod\/trending\?/,
    );
    expect(page).toContain('<meta name="aisle-currency" content="&quot;>&lt;script>"');
  });

  it("leaves every other path to the API, which knows what is missing", async () => {
    expect((await get("/popular")).headers.get("content-type")).toMatch(/^application\/json/);
    for (const path of ["/assets/none.js", "/elsewhere", "/product"]) {
      const response = await get(path);
      expect(response.status).toBe(404);
      expect(response.headers.get("content-type")).toMatch(/^application\/problem\+json/);
    }
  });
});
