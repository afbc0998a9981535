import { afterEach, describe, expect, it } from "vitest";
import { type LocalOptions, type LocalServer, startLocal } from "../../src/local/server.ts";
import { adminShop } from "../http/admin/admin-shop.ts";
import { keys } from "../http/small-app.ts";

const running: LocalServer[] = [];
afterEach(() => Promise.all(running.splice(0).map((server) => server.stop())));

async function start(options: Partial<LocalOptions> = {}): Promise<LocalServer> {
  const { desk } = await adminShop();
  const { serving, registry, channel } = desk;
  const admin = { registry, channel, who: "anna" };
  const server = await startLocal({ serving, admin, port: 0, keys, ...options });
  running.push(server);
  return server;
}

const keyOf = ({ merchantUrl = "" }: LocalServer) =>
  decodeURIComponent(/#key=(.+)$/.exec(merchantUrl)?.[1] ?? "");

function ask(port: number, path: string, headers: Record<string, string>): Promise<Response> {
  return fetch(`http://127.0.0.1:${port}/admin/${path}`, { headers });
}

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

describe("the merchant's routes of a local server", () => {
  it("open to the key of this start, which no other start has", async () => {
    const [one, other] = [await start(), await start()];
    expect(one.merchantUrl).toMatch(new RegExp(`^http://localhost:${one.port}/merchant#key=[\\w-]{32}$`));
    const session = await ask(one.port, "session", bearer(keyOf(one)));
    expect(await session.json()).toMatchObject({ who: "anna", channel: "production" });
    expect((await ask(one.port, "session", bearer(keyOf(other)))).status).toBe(401);
    expect((await ask(one.port, "session", {})).status).toBe(401);
  });

  it("stay shut where everybody else's routes are open", async () => {
    const { port } = await start({ auth: "open" });
    expect((await fetch(`http://127.0.0.1:${port}/recommendations?userId=user+2`)).status).toBe(200);
    expect((await ask(port, "summary", {})).status).toBe(401);
    expect((await ask(port, "summary", bearer("server-key"))).status).toBe(403);
    expect((await ask(port, "summary", bearer("admin-key"))).status).toBe(200);
  });

  it("have no key of a start where other machines reach the socket: admin keys alone open them", async () => {
    const server = await start({ hostname: "0.0.0.0" });
    expect(server.merchantUrl).toBeUndefined();
    expect((await ask(server.port, "session", bearer("admin-key"))).status).toBe(200);
  });

  it("are not moved by what a request says of its host", async () => {
    const server = await start();
    const forged = {
      ...bearer(keyOf(server)),
      "x-forwarded-for": "203.0.113.9",
      forwarded: "for=203.0.113.9",
    };
    expect((await ask(server.port, "session", forged)).status).toBe(200);
    expect(
      (await ask(server.port, "session", { host: "localhost", "x-forwarded-for": "127.0.0.1" })).status,
    ).toBe(401);
  });

  it("are absent from a server without a merchant", async () => {
    const { desk } = await adminShop();
    const server = await startLocal({ serving: desk.serving, port: 0 });
    running.push(server);
    expect(server.merchantUrl).toBeUndefined();
    expect((await ask(server.port, "summary", bearer("admin-key"))).status).toBe(404);
  });
});
