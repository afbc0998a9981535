import fc from "fast-check";
import { expect, it, vi } from "vitest";
import type { App } from "../../src/http/host.ts";
import { describedRoutes, type RouteEntry } from "../../src/http/route-table.ts";
import { log } from "../../src/log.ts";
import { smallServing } from "../serving/small-shop.ts";
import { quoting } from "./quoting.ts";
import { mint, post, serverKey, smallApp } from "./small-app.ts";

const lines: unknown[] = [];
for (const level of ["info", "warn", "error", "request"] as const) {
  vi.spyOn(log, level).mockImplementation((...line: unknown[]) => void lines.push(line));
}

/** Ids of every kind of character, between marks too long to come about in a random text. */
const oddId = fc
  .array(fc.constantFrom(...'aZ9 /?#&%+:;,"\\<>{}[]()\n\té\u00df\u{1f600}'), { minLength: 1, maxLength: 12 })
  .map((characters) => `q7xq7x${characters.join("")}w3kw3k`);

/** One id in every place of a request to one route where an id can be. */
async function askWith(id: string, { method, path, names }: RouteEntry, app: App, key: string) {
  const place = path.replaceAll(/\{\w+\}/g, encodeURIComponent(id));
  const headers = { authorization: `Bearer ${key}` };
  const ask = (query: [string, string][]) =>
    app.request(`${place}?${new URLSearchParams(query)}`, { method, headers });
  for (const name of names.query.filter((each) => /user|recent|item|exclude/i.test(each))) {
    await ask([[name, id]]);
  }
  await ask([...names.query.map((name): [string, string] => [name, id]), [id, "1"]]);
  if (method !== "POST") return;
  const known = { userId: id, recent: [`${id}:view`], exclude: [id] };
  for (const body of [known, { ...known, [id]: id, sessionId: id }, `{"userId": "${id}`]) {
    await app.request(place, post(body, headers));
  }
}

it("no line holds an id that a request brought, in whatever place it was, whatever fails", async () => {
  const serving = await smallServing();
  const open = { limits: { shopper: undefined, anonymous: undefined } };
  const host = { ...open, onAnswered: (record: object) => log.request({ ...record }) };
  const apps = [await smallApp({ ...host, serving }), await smallApp({ ...host, serving: quoting(serving) })];
  const routes = describedRoutes(apps[0]);
  await fc.assert(
    fc.asyncProperty(oddId, fc.nat(), async (id, pick) => {
      lines.length = 0;
      const route = routes[pick % routes.length];
      for (const key of [serverKey, await mint(id), "q7xq7xunknownw3kw3k"]) {
        for (const app of apps) await askWith(id, route, app, key);
      }
      expect(lines.length).toBeGreaterThan(0);
      expect(JSON.stringify(lines)).not.toMatch(/q7xq7x|w3kw3k/i);
    }),
    { numRuns: 80 },
  );
});
