import { Validator } from "@seriousme/openapi-schema-validator";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { createAdminApp } from "../../../src/http/admin/app.ts";
import { adminDocument } from "../../../src/http/admin/document.ts";
import * as schemas from "../../../src/http/admin/schemas.ts";
import { describedRoutes } from "../../../src/http/route-table.ts";
import { type RolloutRecord, writeRollout } from "../../../src/registry/rollout-record.ts";
import { parseRules, type Rules } from "../../../src/registry/rules.ts";
import { runKeys } from "../../../src/tracking/record.ts";
import { type AdminShop, adminShop, asked, now } from "./admin-shop.ts";

const rulesOf = (some: object): Rules => parseRules(some, "a test");
const odd = { name: "odd", filter: 'INCLUDE ItemID WHERE Items.CATEGORY IN ("odd")' };

interface Problem {
  readonly detail: string;
  readonly errors?: { parameter: string; detail: string }[];
  readonly gate?: { decision: string };
}

describe("the document", () => {
  it("is OpenAPI 3.1 as the specification allows, of every route", async () => {
    const { app } = await adminShop();
    const { body } = await asked<{ paths: Record<string, object> }>(app, "/admin/openapi.json");
    expect((await new Validator().validate(structuredClone(body) as never)).errors).toBeUndefined();
    const documented = Object.entries(body.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const routes = describedRoutes(app).map(({ method, path }) => `${method} ${path}`);
    expect(documented.sort()).toEqual(routes.sort());
    expect(adminDocument(app, "/prod").servers).toEqual([{ url: "/prod" }]);
  });
});

describe("every answer is as the document says", () => {
  it.each([
    ["session", schemas.sessionSchema],
    ["summary", schemas.summarySchema],
    ["attribution", schemas.outcomesSchema],
    ["shelf", schemas.shelfSchema],
    ["shoppers", schemas.shoppersSchema],
    ["models", schemas.modelsSchema],
    ["channel", schemas.channelStateSchema],
    ["runs", schemas.runsSchema],
    ["rules", schemas.liveRulesSchema],
  ] as const)("%s", async (path, schema) => {
    const { app } = await adminShop();
    const { body } = await asked(app, `/admin/${path}`);
    expect(schema.parse(body)).toEqual(body);
  });
});

describe("the first screen", () => {
  let shop: AdminShop;
  beforeAll(async () => {
    shop = await adminShop();
  });

  const show = (recommendationId: string, source: string, userId?: string) =>
    shop.activity.putExposure({
      ...{ recommendationId, source, time: now / 1000 - 60, model: shop.first, channel: "production" },
      ...(userId !== undefined && { userId }),
      rows: [{ itemId: "ítem 9", position: 1, source }],
    });

  it("says of data how it stands, each figure from what is there, and what to do", async () => {
    await show("a", "als", "user 2");
    await show("b", "als", "user 3");
    await show("c", "popular", "a stranger with an id");
    await show("d", "popular");
    await show("e", "similar", "user 2");
    const { body } = await asked<{
      sentence: string;
      figures: {
        overPopularity: { relative: { value: number; low: number; high: number }; userCount: number };
        answers: object;
        products: { count: number; neverShown: number; examples: { title: string }[] };
      };
      todos: { title: string; action: object }[];
    }>(shop.app, "/admin/summary?timeZone=UTC");
    const { figures, todos, sentence } = body;
    expect(sentence).toBe(
      "Yesterday's model beats bestsellers by 13 % (12–13); 67 % of answers are personal; " +
        "1 product is never shown. One thing to do.",
    );
    expect(figures.overPopularity.userCount).toBe(300);
    expect(figures.answers).toEqual({ answers: 5, toKnown: 3, personal: 2, isPartial: false });
    expect(figures.products.count).toBe(39);
    expect(figures.products.examples).toHaveLength(figures.products.neverShown);
    expect(todos).toMatchObject([
      { title: "A better model is ready", action: { do: "promote", version: shop.better } },
    ]);
  });

  it("says that there is nothing to do once it is done", async () => {
    const { headers } = await asked(shop.app, "/admin/channel");
    const promotion = { version: shop.better, reason: "it is better" };
    const ifMatch = headers.get("etag")!;
    const done = await asked(shop.app, "/admin/channel/promote", {
      method: "POST",
      body: promotion,
      ifMatch,
    });
    expect(done.status).toBe(200);
    const { body } = await asked<{ sentence: string; todos: unknown[] }>(shop.app, "/admin/summary");
    expect(body.sentence).toMatch(/beats bestsellers by 21 % .*Nothing to do\.$/);
    expect(body.todos).toEqual([]);
  });

  it("names the day by the clock of whoever reads it, and refuses clocks that are none", async () => {
    const late = await asked<{ sentence: string }>(shop.app, "/admin/summary?timeZone=Pacific/Kiritimati");
    expect(late.body.sentence).toMatch(/^Yesterday's model/);
    const wrong = await asked<Problem>(shop.app, "/admin/summary?timeZone=Mars");
    expect(wrong.status).toBe(400);
    expect(wrong.body.errors).toMatchObject([{ parameter: "timeZone" }]);
  });
});

describe("promoting and rolling back", () => {
  const act = async (shop: AdminShop, path: string, body: object, ifMatch?: string) => {
    const etag = ifMatch ?? (await asked(shop.app, "/admin/channel")).headers.get("etag")!;
    return asked<Problem & { version: string }>(shop.app, `/admin/channel/${path}`, {
      ...{ method: "POST", body, ifMatch: etag },
    });
  };

  it("goes through the gate, is served at once, and keeps who and why", async () => {
    const shop = await adminShop();
    expect((await act(shop, "promote", { version: shop.better, reason: "tried on Tuesday" })).status).toBe(
      200,
    );
    expect(shop.desk.serving.loaded?.parts.version).toBe(shop.better);
    const back = await act(shop, "rollback", { reason: "carts went down" });
    expect(back.body).toEqual({ version: shop.first });
    expect(shop.desk.serving.loaded?.parts.version).toBe(shop.first);
    const { history } = (await shop.registry.channel("production"))!;
    expect(history.slice(-2)).toMatchObject([
      {
        action: "promote",
        model: shop.better,
        who: "a1",
        why: "tried on Tuesday",
        gate: { decision: "promote" },
      },
      { action: "rollback", model: shop.first, who: "a1", why: "carts went down" },
    ]);
  });

  it("holds what is worse, and takes a reason of its own to do it all the same", async () => {
    const shop = await adminShop();
    const held = await act(shop, "promote", { version: shop.worse, reason: "let us see" });
    expect(held.status).toBe(409);
    expect(held.body.gate).toMatchObject({ decision: "hold" });
    expect((await shop.registry.channel("production"))?.model).toBe(shop.first);
    const forced = await act(shop, "promote", { version: shop.worse, reason: "let us see", force: "a demo" });
    expect(forced.status).toBe(200);
    const last = (await shop.registry.channel("production"))?.history.at(-1);
    expect(last).toMatchObject({ why: "let us see", gate: { decision: "promote", forced: "a demo" } });
  });

  it("does nothing without a reason, without a state it was decided on, or on another state", async () => {
    const shop = await adminShop();
    const { headers } = await asked(shop.app, "/admin/channel");
    const before = headers.get("etag")!;
    const unsaid = await act(shop, "promote", { version: shop.better, reason: " " });
    expect(unsaid.body.errors).toMatchObject([
      { parameter: "reason", detail: expect.stringMatching(/must say why/) },
    ]);
    const untold = await asked(shop.app, "/admin/channel/promote", {
      ...{ method: "POST", body: { version: shop.better, reason: "because" } },
    });
    expect(untold.status).toBe(428);
    await act(shop, "promote", { version: shop.better, reason: "the first to come" });
    for (const path of ["promote", "rollback"]) {
      const late = await act(shop, path, { version: shop.first, reason: "too late" }, before);
      expect(late.status).toBe(412);
      expect(late.body.detail).toMatch(/has changed meanwhile: a1 moved it to model/);
    }
    expect((await act(shop, "promote", { version: "none-such", reason: "because" })).status).toBe(404);
  });

  it("waits for a rollout that is under way", async () => {
    const shop = await adminShop();
    const record: RolloutRecord = {
      ...{ id: "r", channel: "production", function: "f", alias: "live", model: shop.better, who: "ben" },
      ...{ versionBefore: "1", steps: [100], waitSeconds: 0, alarms: [], errorShareMax: 0, step: 0 },
      ...{ phase: "shift", why: "a canary", history: [] },
      ...{ startedAt: "2026-01-07T00:00:00Z", updatedAt: "2026-01-07T00:00:00Z" },
    };
    await writeRollout(shop.registry.store, record, undefined);
    const waits = await act(shop, "promote", { version: shop.better, reason: "because" });
    expect(waits.status).toBe(409);
    expect(waits.body.detail).toMatch(/^A rollout of model .* is under way .* by ben/);
  });
});

describe("rules", () => {
  const save = (shop: AdminShop, rules: object, ifMatch: string) =>
    asked<Problem & { version: string }>(shop.app, "/admin/rules", {
      ...{ method: "PUT", body: { rules, reason: "a season" }, ifMatch },
    });
  const live = async (shop: AdminShop) =>
    (await asked<{ version: string; rules: Rules; history: object[] }>(shop.app, "/admin/rules")).body;
  const undo = async (shop: AdminShop) =>
    asked<{ version: string }>(shop.app, "/admin/rules/restore", {
      ...{ method: "POST", body: { reason: "undo" }, ifMatch: `"${(await live(shop)).version}"` },
    });

  it("are saved as a version that serves at once, with its author", async () => {
    const shop = await adminShop();
    const saved = await save(shop, { pins: [{ itemId: "ítem 9", position: 2 }] }, '"none"');
    expect(saved.status).toBe(200);
    expect(saved.headers.get("etag")).toBe(`"${saved.body.version}"`);
    const { items } = shop.desk.serving.answer({ userId: "user 2", numResults: 5 });
    expect(items[1]).toMatchObject({ itemId: "ítem 9", source: "pinned" });
    expect((await live(shop)).history).toMatchObject([
      { version: saved.body.version, who: "a1", why: "a season", at: new Date(now).toISOString() },
    ]);
  });

  it("are saved by whoever comes first: the other hears who that was, and nothing is lost", async () => {
    const shop = await adminShop();
    const [first, second] = await Promise.all([
      save(shop, { pins: [{ itemId: "ítem 9", position: 1 }] }, '"none"'),
      save(shop, { pins: [{ itemId: "ítem 11", position: 1 }] }, '"none"'),
    ]);
    expect([first.status, second.status].sort()).toEqual([200, 412]);
    const lost = first.status === 412 ? first : second;
    expect(lost.body.detail).toMatch(/^The rules of channel "production" are .* by now, not none/);
    expect((await live(shop)).rules.pins).toHaveLength(1);
  });

  it("are refused where what is live cannot bear them, each by its name, and where no state is named", async () => {
    const shop = await adminShop();
    const boosts = [{ name: "heavy", filter: "INCLUDE ItemID WHERE Items.WEIGHT > 3", by: 1 }];
    const wrong = await save(shop, { boosts, pins: [{ itemId: "nowhere", position: 1 }] }, '"none"');
    expect(wrong.status).toBe(400);
    expect(wrong.body.errors?.map(({ parameter }) => parameter).sort()).toEqual([
      "boosts.heavy",
      "pins.nowhere",
    ]);
    expect((await save(shop, { boosts: [{ name: "x" }] }, '"none"')).status).toBe(400);
    const blind = await asked(shop.app, "/admin/rules", {
      method: "PUT",
      body: { rules: {}, reason: "because" },
    });
    expect(blind.status).toBe(428);
    expect((await live(shop)).version).toBe("none");
  });

  it("can be undone, whatever was saved: what was live before is live again", async () => {
    const shop = await adminShop();
    const draft = fc.record({
      pins: fc.uniqueArray(
        fc.record({
          itemId: fc.integer({ min: 10, max: 30 }).map((n) => `ítem ${n}`),
          position: fc.integer({ min: 1, max: 9 }),
        }),
        { maxLength: 3, selector: ({ itemId }) => itemId },
      ),
      promotions: fc.constantFrom([], [{ ...odd, percentPromotedItems: 40 }]),
    });
    await fc.assert(
      fc.asyncProperty(draft, async (rules) => {
        const before = await live(shop);
        const saved = await save(shop, rules, `"${before.version}"`);
        expect(saved.status).toBe(200);
        if (saved.body.version === before.version) return;
        expect((await live(shop)).rules).toEqual(rulesOf(rules));
        expect((await undo(shop)).status).toBe(200);
        expect((await live(shop)).rules).toEqual(before.rules);
        // Whoever undoes twice has the change again.
        expect((await undo(shop)).body.version).toBe(saved.body.version);
      }),
      { numRuns: 6, seed: 5 },
    );
  });

  it("that were never saved leave nothing to undo", async () => {
    expect((await undo(await adminShop())).status).toBe(501);
  });

  it("are shown to one shopper before they are saved, and change nothing", async () => {
    const shop = await adminShop();
    const rules = {
      pins: [{ itemId: "ítem 9", position: 1 }],
      promotions: [{ ...odd, percentPromotedItems: 50 }],
    };
    const body = { rules, userId: "user 2", numResults: 6 };
    const { body: preview } = await asked<{
      before: { itemId: string; rank: number }[];
      after: { itemId: string; rank: number; rankBefore?: number; source: string }[];
      gone: string[];
      rules: object[];
    }>(shop.app, "/admin/rules/preview", { method: "POST", body });
    expect(schemas.previewSchema.parse(preview)).toEqual(preview);
    const now = shop.desk.serving
      .answer({ userId: "user 2", numResults: 6 })
      .items.map(({ itemId }) => itemId);
    expect(preview.before.map(({ itemId }) => itemId)).toEqual(now);
    expect(preview.after[0]).toMatchObject({ itemId: "ítem 9", source: "pinned" });
    expect(preview.after.filter(({ source }) => source === "promoted")).toHaveLength(3);
    for (const { itemId, rankBefore } of preview.after) {
      expect(rankBefore).toBe(preview.before.find((row) => row.itemId === itemId)?.rank);
    }
    expect(new Set([...preview.gone, ...preview.after.map(({ itemId }) => itemId)])).toEqual(
      new Set([...now, ...preview.after.map(({ itemId }) => itemId)]),
    );
    expect(preview.rules).toEqual([{ rule: "promotions.odd", needs: [], itemCount: 20 }]);
    expect((await live(shop)).version).toBe("none");
  });

  it("tell their cost, together and each alone, and on what it was measured", async () => {
    const shop = await adminShop();
    const bury = { name: "bury", filter: odd.filter, by: -5 };
    const rules = { boosts: [bury], pins: [{ itemId: "ítem 9", position: 1 }] };
    const { status, body } = await asked<{
      measuredOn: string;
      all: { ndcg: { value: number; high: number }; changedLists: number };
      each: { rule: string }[];
    }>(shop.app, "/admin/rules/cost", { method: "POST", body: { rules } });
    expect(status).toBe(200);
    expect(schemas.costSchema.parse(body)).toEqual(body);
    // Half of the users like odd items: to bury these is dear.
    expect(body.all.ndcg.high).toBeLessThan(0);
    expect(body.all.changedLists).toBeGreaterThan(0.5);
    expect(body.each.map(({ rule }) => rule)).toEqual(["boosts.bury", "pins"]);
    expect(body.measuredOn).toMatch(/last visit was taken out/);
    const nothing = await asked<typeof body>(shop.app, "/admin/rules/cost", {
      method: "POST",
      body: { rules: {} },
    });
    expect(nothing.body.all).toMatchObject({ ndcg: { value: 0 }, changedLists: 0 });
  });
});

describe("beside", () => {
  it("runs are what was recorded, with their results and trials", async () => {
    const shop = await adminShop();
    const run = {
      ...{
        run: "r1",
        createdAt: "2026-01-06T10:00:00Z",
        who: "anna",
        program: "0.1.0",
        seed: 1,
        trialCount: 1,
      },
      data: { source: "events.csv", eventCount: 9, digest: "d", split: "by time" },
      criterion: { task: "new", metric: "ndcg", k: 10, target: "purchase" },
      search: "grid",
    };
    const put = (key: string, value: object) =>
      shop.registry.store.put(key, new TextEncoder().encode(JSON.stringify(value)));
    await put(runKeys.run("r1"), run);
    await put(runKeys.trial("r1", 0), {
      ...{ run: "r1", trial: 0, startedAt: run.createdAt, recipe: {}, outcome: "finished" },
      ...{ iterations: [{ iteration: 1, loss: 2, value: 0.1, seconds: 1 }], seconds: 1 },
    });
    const { body } = await asked<{ runs: object[] }>(shop.app, "/admin/runs");
    expect(body.runs).toMatchObject([{ run: "r1", who: "anna", criterion: { metric: "ndcg" } }]);
    const detail = await asked<{ trials: object[] }>(shop.app, "/admin/runs/r1");
    expect(detail.body.trials).toMatchObject([{ trial: 0, iterations: [{ loss: 2 }] }]);
  });

  it("the report comes with a policy that lets it reach nothing", async () => {
    const { desk } = await adminShop();
    const { keys } = await import("../small-app.ts");
    const app = createAdminApp({ desk, keys, report: async () => "<!doctype html><p>report</p>" });
    const response = await app.request("/admin/report", { headers: { authorization: "Bearer admin-key" } });
    expect(await response.text()).toContain("<p>report</p>");
    const policy = response.headers.get("content-security-policy");
    expect(policy).toMatch(/default-src 'none'/);
    expect(policy).toMatch(/; sandbox;/);
    expect(policy).not.toMatch(/allow-|connect-src|script-src/);
  });

  it("the shelf offers what filters may ask, and shoppers are known ones", async () => {
    const { app } = await adminShop();
    const { body: shelf } = await asked<{ fields: { name: string }[] }>(app, "/admin/shelf");
    expect(shelf.fields).toContainEqual({
      ...{ name: "category", kind: "text", valueCount: 2 },
      values: [
        { value: "odd", count: 20 },
        { value: "even", count: 18 },
      ],
    });
    expect(shelf.fields).toContainEqual({ name: "price", kind: "number", least: 0.5, most: 39.5 });
    const { body } = await asked<{ shoppers: { userId: string; items: number }[] }>(app, "/admin/shoppers");
    expect(body.shoppers.length).toBeGreaterThan(5);
    for (const { items } of body.shoppers) expect(items).toBeGreaterThanOrEqual(3);
  });

  it("whoever was erased is in no list", async () => {
    const shop = await adminShop();
    const list = async () =>
      (await asked<{ shoppers: { userId: string }[] }>(shop.app, "/admin/shoppers")).body.shoppers.map(
        ({ userId }) => userId,
      );
    const [one] = await list();
    await shop.desk.serving.eraseUser(one);
    expect(await list()).not.toContain(one);
  });
});
