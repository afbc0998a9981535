import fc from "fast-check";
import { beforeAll, beforeEach, expect, it } from "vitest";
import type { App } from "../../src/http/host.ts";
import { describedRoutes } from "../../src/http/route-table.ts";
import type { Answer } from "../../src/serving/query.ts";
import { logged } from "../serving/small-shop.ts";
import { bearer, post, serverKey, smallApp } from "./small-app.ts";

let app: App;
let guarded: App;
beforeAll(async () => {
  app = await smallApp({ auth: "open", images: () => "<svg/>", shoppers: [] });
  guarded = await smallApp({ limits: { anonymous: undefined, shopper: undefined } });
});
beforeEach(() => {
  logged.length = 0;
});

const names = ["userId", "itemId", "recent", "numResults", "exclude", "hide", "category", "page", "q"];
const oddTexts = [
  ...["__proto__", "constructor", "toString", "hasOwnProperty", "prototype", "NaN", "-0", "1e999", "null"],
  ...["\0", "../../etc/passwd", "%", "%zz", "%00", "\ud800", "💥".repeat(100), "ítem 2:__proto__", "ítem 2:"],
  ...["<script>", "' OR 1=1 --", "\r\nX-Injected: 1", ":", " ", "\u202e", "x".repeat(300), "42"],
];
const oddText = fc.oneof(fc.constantFrom(...oddTexts), fc.string({ unit: "binary" }));
const oddName = fc.oneof(fc.constantFrom(...names), oddText);

/** An answer, or a problem that says what is wrong with the request; never a 500, never the insides. */
async function expectSense(response: Response, method = "GET"): Promise<void> {
  const text = await response.text();
  expect([200, 400, 401, 403, 404, 405, 413, 415, 501]).toContain(response.status);
  expect(response.headers.get("x-content-type-options")).toBe("nosniff");
  expect(logged).toEqual([]);
  if (response.status === 200) return;
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  expect(response.headers.get("cache-control")).toBe("no-store");
  if (method === "HEAD") return expect(text).toBe("");
  expect(JSON.parse(text)).toMatchObject({ status: response.status, title: expect.any(String) });
  expect(text).not.toMatch(/node_modules|\.ts:|Invalid input|ZodError|TypeError/);
}

it("makes sense of any query on any route", async () => {
  const paths = describedRoutes(app).map(({ path }) => path);
  const request = fc.record({
    template: fc.constantFrom(...paths),
    id: oddText,
    pairs: fc.array(fc.tuple(oddName, oddText), { maxLength: 5 }),
    method: fc.constantFrom("GET", "GET", "GET", "HEAD", "OPTIONS", "DELETE", "PUT"),
  });
  await fc.assert(
    fc.asyncProperty(request, async ({ template, id, pairs, method }) => {
      const path = template.replace(/\{.+\}/, () => encodeURIComponent(id.toWellFormed()));
      await expectSense(await app.request(`${path}?${new URLSearchParams(pairs)}`, { method }), method);
    }),
    { seed: 1, numRuns: 400 },
  );
});

it("makes sense of what is not even encoded", async () => {
  for (const text of [...oddTexts, "%E0%A4%A", "%C0%AF", "&&==&", "userId", "userId=%FF", "?userId=1", "#"]) {
    for (const path of [`/recommendations?userId=${text}`, `/popular?${text}`, `/items/${text}`]) {
      await expectSense(await app.request(path));
    }
  }
});

it("makes sense of any body", async () => {
  const body = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.json({ maxDepth: 4 }),
    fc.dictionary(oddName, fc.oneof(oddText, fc.array(oddText), fc.jsonValue({ maxDepth: 2 })), {
      maxKeys: 5,
    }),
    fc.constantFrom(
      "[".repeat(50_000),
      `{"recent":${"[".repeat(20_000)}${"]".repeat(20_000)}}`,
      '{"a":1e999}',
    ),
  );
  const type = fc.constantFrom(
    "application/json",
    "application/json",
    "text/plain",
    "multipart/form-data",
    "🙃",
  );
  await fc.assert(
    fc.asyncProperty(body, type, async (content, contentType) => {
      const headers = { "content-type": /^[ -~]+$/.test(contentType) ? contentType : "x/y;z" };
      await expectSense(await app.request("/recommendations", post(content, headers)));
    }),
    { seed: 1, numRuns: 400 },
  );
});

it("makes sense of any credentials", async () => {
  const credential = fc.oneof(
    fc.string({ unit: "grapheme-ascii" }),
    fc.stringMatching(/^Bearer [\w.-]{0,80}$/),
  );
  await fc.assert(
    fc.asyncProperty(credential, async (authorization) => {
      const response = await guarded.request("/popular", { headers: { authorization } });
      expect(response.status).toBe(401);
      await expectSense(response);
    }),
    { seed: 1, numRuns: 200 },
  );
});

it("gives exactly as many unique rows as asked for, whoever asks for whatever", async () => {
  const query = fc.record(
    {
      userId: fc.constantFrom("user 2", "user 3", "__proto__", "nobody"),
      itemId: fc.constantFrom("ítem 2", "ítem 6", "new", "constructor"),
      recent: fc.array(fc.constantFrom("ítem 3", "ítem 4:Purchase", "__proto__", "unheard"), {
        maxLength: 4,
      }),
      hide: fc.constantFrom("purchased", "none"),
      explain: fc.boolean(),
      numResults: fc.integer({ min: 1, max: 15 }),
    },
    { requiredKeys: ["numResults"] },
  );
  const known = new Set(["als", "fold-in", "similar", "trending", "popular", "content"]);
  await fc.assert(
    fc.asyncProperty(query, fc.constantFrom(undefined, serverKey), async (asked, key) => {
      const headers = (key ? bearer(key).headers : {}) as Record<string, string>;
      const response = await guarded.request("/recommendations", post(asked, headers));
      const answer = (await response.json()) as Answer;
      expect(answer.items.map((row) => row.rank)).toEqual(answer.items.map((_, at) => at + 1));
      expect(new Set(answer.items.map((row) => row.itemId)).size).toBe(asked.numResults);
      expect(answer.items.every((row) => known.has(row.source))).toBe(true);
      expect(answer.recommendationId).toMatch(/^[0-9a-f-]{36}$/);
      expect(answer.source).toBe(answer.items[0].source);
      if (key === undefined) expect(answer.userId).toBeUndefined();
    }),
    { seed: 1, numRuns: 150 },
  );
});
