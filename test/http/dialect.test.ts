import {
  PutEventsCommand,
  PutItemsCommand,
  PutUsersCommand,
  InvalidInputException as WrongEvent,
} from "@aws-sdk/client-personalize-events";
import {
  GetPersonalizedRankingCommand,
  GetRecommendationsCommand,
  type GetRecommendationsRequest,
  InvalidInputException,
  ResourceNotFoundException,
} from "@aws-sdk/client-personalize-runtime";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LocalServer, startLocal } from "../../src/local/server.ts";
import type { Answer } from "../../src/serving/query.ts";
import type { Stored } from "../serving/stored-serving.ts";
import { campaign, eventsClient, filterArn, filteredServing, runtimeClient } from "./personalize-clients.ts";

let stored: Stored;
let server: LocalServer;
let runtime: ReturnType<typeof runtimeClient>;
let events: ReturnType<typeof eventsClient>;
beforeAll(async () => {
  stored = await filteredServing();
  server = await startLocal({ serving: stored.serving, port: 0, auth: "open" });
  runtime = runtimeClient({ endpoint: server.url });
  events = eventsClient({ endpoint: server.url });
});
afterAll(() => server.stop());

const recommend = async (request: GetRecommendationsRequest) =>
  (await runtime.send(new GetRecommendationsCommand(request))).itemList ?? [];
const ask = (request: GetRecommendationsRequest) => recommend({ userId: "user 2", ...request });
const ids = (rows: { itemId?: string | undefined }[]) => rows.map(({ itemId = "" }) => itemId);
const personal = { campaignArn: campaign("user-personalization") };

describe("GetRecommendations", () => {
  it("is the route's own answer, 25 unless asked otherwise, with scores that are shares of the catalogue", async () => {
    const rows = await ask(personal);
    const own = stored.serving.answer({ userId: "user 2", hide: "none" });
    expect(ids(rows)).toEqual(ids(own.items));
    expect(rows).toHaveLength(25);
    const scored = rows.filter(({ score }) => score !== undefined);
    expect(scored.length).toBeGreaterThan(5);
    const scores = scored.map(({ score }) => score!);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    const all = (await ask({ ...personal, numResults: 500 })).map(({ score = 0 }) => score);
    const sum = all.reduce((total, score) => total + score, 0);
    // What is out of stock or not in the catalogue has the rest.
    expect(sum).toBeGreaterThan(0.5);
    expect(sum).toBeLessThanOrEqual(1 + 1e-9);
  });

  it("tells an id of the answer and of the request", async () => {
    const answer = await runtime.send(new GetRecommendationsCommand({ ...personal, userId: "user 2" }));
    expect(answer.recommendationId).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer.$metadata.requestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("hides purchases for recommended-for-you alone, and for the recipes where a filter says so", async () => {
    const all = { numResults: 500 };
    const bought = new Set(
      ids(await ask({ ...personal, ...all })).filter(
        (id) =>
          !stored.serving
            .answer({ userId: "user 2", numResults: 500 })
            .items.some(({ itemId }) => itemId === id),
      ),
    );
    expect(bought.size).toBeGreaterThan(0);
    const without = await ask({ recommenderArn: campaign("recommended-for-you"), ...all });
    const filtered = await ask({ ...personal, ...all, filterArn: filterArn("not-bought") });
    for (const rows of [without, filtered]) expect(ids(rows).filter((id) => bought.has(id))).toEqual([]);
  });

  it.each(["similar-items", "aws-similar-items"])(
    "has items like one, without scores, as %s",
    async (name) => {
      const rows = await recommend({ campaignArn: campaign(name), itemId: "ítem 2", numResults: 4 });
      const own = stored.serving.answer({ itemId: "ítem 2", hide: "none", numResults: 4 });
      expect(rows).toEqual(own.items.map(({ itemId }) => ({ itemId })));
    },
  );

  it("gives popular rows to a stranger, and says so where the recipe does", async () => {
    const rows = await recommend({ ...personal, userId: "nobody", numResults: 3 });
    expect(rows).toEqual(ids(rows).map((itemId) => ({ itemId, reason: ["Popular item"] })));
    const popular = await recommend({ recommenderArn: campaign("popular-items-by-views"), numResults: 3 });
    expect(popular.every((row) => row.score === undefined && row.reason === undefined)).toBe(true);
  });

  it.each([
    [
      "frequently-bought-together",
      () => stored.serving.boughtTogether({ itemId: "ítem 2", hide: "none", numResults: 5 }),
    ],
    [
      "customers-who-viewed-x-also-viewed",
      () =>
        stored.serving.alsoViewed({ userId: "user 2", itemId: "ítem 2", hide: "purchased", numResults: 5 }),
    ],
    ["popular-items-by-views", () => stored.serving.popularBy({ numResults: 5 }, "View")],
    ["popular-items-by-purchases", () => stored.serving.popularBy({ numResults: 5 }, "Purchase")],
    ["trending-now", () => stored.serving.trending({ numResults: 5 }, "1d")],
  ])("is the route's own answer for %s, ids alone", async (name, own) => {
    const rows = await ask({ recommenderArn: campaign(name), itemId: "ítem 2", numResults: 5 });
    expect(rows).toEqual(own().items.map(({ itemId }) => ({ itemId })));
  });

  it("takes filters by ARN, with values as Personalize quotes them", async () => {
    const odd = await ask({
      ...personal,
      ...{ filterArn: filterArn("by-category"), filterValues: { CATEGORIES: '"odd","none"' }, numResults: 5 },
      metadataColumns: { ITEMS: ["CATEGORY", "price", "STYLE"] },
    });
    expect(odd).toHaveLength(5);
    for (const { metadata } of odd) {
      expect(metadata).toEqual({
        ...{ CATEGORY: "odd", price: expect.stringMatching(/\.5$/), STYLE: expect.any(String) },
      });
    }
  });

  it("promotes by its own filter, named and with the reason", async () => {
    const rows = await ask({
      ...{ ...personal, numResults: 10, context: { DEVICE: "phone" } },
      promotions: [
        {
          ...{ name: "sale", percentPromotedItems: 30, filterArn: filterArn("cheap") },
          filterValues: { PRICE: "9" },
        },
      ],
    });
    const promoted = rows.filter(({ promotionName }) => promotionName === "sale");
    expect(promoted).toHaveLength(3);
    expect(promoted.map(({ reason }) => reason)).toEqual([
      ["Promoted item"],
      ["Promoted item"],
      ["Promoted item"],
    ]);
    expect(new Set(ids(rows)).size).toBe(10);
  });
});

describe("GetPersonalizedRanking", () => {
  const rank = async (inputList: string[], more: object = {}) =>
    (
      await runtime.send(
        new GetPersonalizedRankingCommand({
          ...{ campaignArn: campaign("personalized-ranking"), userId: "user 2", inputList },
          ...more,
        }),
      )
    ).personalizedRanking ?? [];

  it("orders a list as the user would, scores summing to 1, unknown items last as they came", async () => {
    const whole = ids(stored.serving.answer({ userId: "user 2", hide: "none", numResults: 500 }).items).slice(
      0,
      8,
    );
    const rows = await rank(["zzz", ...whole.toReversed(), "aaa", "zzz"]);
    expect(ids(rows)).toEqual([...whole, "zzz", "aaa"]);
    expect(rows.slice(-2).map(({ score }) => score)).toEqual([0, 0]);
    expect(rows.reduce((sum, { score = 0 }) => sum + score, 0)).toBeCloseTo(1, 9);
  });

  it("leaves out what a filter does, and ranks by popularity for a stranger", async () => {
    const list = ["ítem 1", "ítem 2", "ítem 3", "unheard"];
    const filter = { filterArn: filterArn("by-category"), filterValues: { CATEGORIES: '"odd"' } };
    expect(ids(await rank(list, filter)).sort()).toEqual(["ítem 1", "ítem 3"]);
    const popular = ids(stored.serving.popular({ numResults: 500 }).items);
    const rows = await rank(list, { userId: "nobody" });
    expect(rows.at(-1)).toEqual({ itemId: "unheard" });
    expect(ids(rows.slice(0, 3))).toEqual(popular.filter((id) => list.includes(id)));
  });

  it("is of 500 items at most", async () => {
    await expect(rank(Array.from({ length: 501 }, (_, at) => `i${at}`))).rejects.toThrow(
      InvalidInputException,
    );
    await expect(rank([])).rejects.toThrow(InvalidInputException);
  });
});

describe("errors", () => {
  const tooMany = { ...personal, numResults: 51, metadataColumns: { ITEMS: ["PRICE"] } };
  const noShare = { ...personal, promotions: [{ name: "a", percentPromotedItems: 0 }] };
  const wrong: [string, GetRecommendationsRequest, RegExp][] = [
    ["numResults", { ...personal, numResults: 501 }, /numResults must be a whole number from 0 to 500/],
    ["an id that is too long", { ...personal, userId: "x".repeat(257) }, /userId must have at most 256/],
    ["no ARN's form", { campaignArn: "user-personalization" }, /campaignArn must be an ARN/],
    ["both ARNs", { ...personal, recommenderArn: campaign("recommended-for-you") }, /cannot be given beside/],
    ["what the use case needs", { campaignArn: campaign("similar-items") }, /itemId is needed/],
    ["ranking's ARN", { campaignArn: campaign("personalized-ranking") }, /GetPersonalizedRanking/],
    ["a filter without its value", { ...personal, filterArn: filterArn("cheap") }, /filterArn .*\$PRICE/],
    ["values of no filter", { ...personal, filterValues: { A: '"b"' } }, /filterValues are of no filter/],
    ["an unknown column", { ...personal, metadataColumns: { ITEMS: ["SIZE"] } }, /no column "SIZE"/],
    ["too many with metadata", tooMany, /numResults must not exceed 50/],
    ["a promotion's share", noShare, /promotions entry 1: percentPromotedItems/],
  ];
  it.each(wrong)("are of the class InvalidInputException for %s", async (_, request, message) => {
    const error = await ask(request).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(InvalidInputException);
    expect((error as Error).message).toMatch(message);
  });

  it("are of the class ResourceNotFoundException for an ARN or a filter that is not there", async () => {
    for (const request of [
      { campaignArn: campaign("my-own-name") },
      { ...personal, filterArn: filterArn("none") },
      { ...personal, promotions: [{ name: "a", percentPromotedItems: 10, filterArn: filterArn("none") }] },
    ]) {
      await expect(ask(request)).rejects.toThrow(ResourceNotFoundException);
    }
  });

  it("stay problems for everyone else", async () => {
    const answer = await fetch(`${server.url}/recommendations?numResults=0`);
    expect(answer.headers.get("x-amzn-errortype")).toBeNull();
    expect(Object.keys((await answer.json()) as object)).not.toContain("__type");
  });
});

describe("the events client", () => {
  const event = { eventType: "View", sentAt: new Date() };

  it("puts events that move the next answer, items and users", async () => {
    const before = await recommend({ ...personal, userId: "a newcomer" });
    await events.send(
      new PutEventsCommand({
        ...{ trackingId: "t", userId: "a newcomer", sessionId: "s" },
        eventList: [{ ...event, itemId: "ítem 3", properties: '{"a":1}', recommendationId: "r" }],
      }),
    );
    const after = await recommend({ ...personal, userId: "a newcomer" });
    expect(before[0].reason).toEqual(["Popular item"]);
    expect(after[0].reason).toBeUndefined();
    const datasetArn = "arn:aws:personalize:eu-west-1:1:dataset/shop/ITEMS";
    await events.send(
      new PutItemsCommand({ datasetArn, items: [{ itemId: "ítem 5", properties: '{"price":1}' }] }),
    );
    await events.send(
      new PutUsersCommand({ datasetArn, users: [{ userId: "u", properties: '{"plan":"gold"}' }] }),
    );
  });

  it("hears of its mistakes by their class", async () => {
    const error = await events
      .send(
        new PutEventsCommand({
          ...{ trackingId: "t", sessionId: "s" },
          eventList: Array.from({ length: 11 }, () => event),
        }),
      )
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(WrongEvent);
    expect((error as Error).message).toBe("eventList must hold 1 to 10");
  });
});

it("keeps what it showed, as every answer is kept", async () => {
  const { recommendationId } = await runtime.send(
    new GetRecommendationsCommand({ ...personal, userId: "user 5", numResults: 3 }),
  );
  const { exposures } = await stored.activity.exportUser("user 5");
  expect(exposures.map((each) => (each as unknown as Answer).recommendationId)).toEqual([recommendationId]);
});
