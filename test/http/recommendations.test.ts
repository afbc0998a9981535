import { beforeAll, describe, expect, it } from "vitest";
import type { App } from "../../src/http/host.ts";
import type { Answer } from "../../src/serving/query.ts";
import { getJson, post, smallApp } from "./small-app.ts";

let app: App;
beforeAll(async () => {
  app = await smallApp({ auth: "open" });
});

interface ProblemBody {
  type: string;
  status: number;
  errors: { parameter: string; in: string; detail: string }[];
}

const itemIds = ({ items }: Answer) => items.map((row) => row.itemId);

describe("GET /recommendations", () => {
  it("answers a known user", async () => {
    const { status, headers, body } = await getJson<Answer>(
      app,
      "/recommendations?userId=user+2&numResults=3",
    );
    expect(status).toBe(200);
    expect(headers.get("cache-control")).toBe("private, no-store");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(body).toMatchObject({
      userId: "user 2",
      source: "als",
      model: { version: "v1", channel: "production" },
    });
    expect(body.items.length).toBe(3);
    expect(body.items[0]).toMatchObject({ rank: 1, source: "als", item: { title: expect.any(String) } });
  });

  it("answers anyone else with what is popular, 25 unless asked otherwise", async () => {
    const { body: unknown } = await getJson<Answer>(app, "/recommendations?userId=nobody");
    const { body: none } = await getJson<Answer>(app, "/recommendations");
    expect(unknown.items.length).toBe(25);
    expect(unknown.source).toBe("popular");
    expect(itemIds(unknown)).toEqual(itemIds(none));
  });

  it("takes lists as repeated parameters, since ids may hold commas", async () => {
    const recent = "recent=%C3%ADtem+10&recent=%C3%ADtem+12:purchase";
    const { body } = await getJson<Answer>(
      app,
      `/recommendations?${recent}&explain=true&exclude=%C3%ADtem+14`,
    );
    expect(body.source).toBe("fold-in");
    expect(itemIds(body)).not.toContain("ítem 12");
    expect(itemIds(body)).not.toContain("ítem 14");
    expect(body.items[0].because?.length).toBeGreaterThan(0);
  });

  it("narrows by category and price", async () => {
    const { body } = await getJson<Answer>(
      app,
      "/recommendations?category=odd&minPrice=5&maxPrice=21.5&numResults=500",
    );
    expect(body.items.map((row) => row.item?.price).sort((a, b) => a! - b!)).toEqual([
      5.5, 7.5, 9.5, 11.5, 13.5, 15.5, 17.5, 19.5, 21.5,
    ]);
  });

  it("names every wrong parameter at once", async () => {
    const wrong =
      "numResults=0&minPrice=cheap&hide=all&explain=yes&userId=&nonsense=1&model=&category=a&category=b";
    const { status, headers, body } = await getJson<ProblemBody>(app, `/recommendations?${wrong}`);
    expect(status).toBe(400);
    expect(headers.get("content-type")).toBe("application/problem+json");
    const said = Object.fromEntries(body.errors.map(({ parameter, detail }) => [parameter, detail]));
    expect(said).toEqual({
      numResults: "must be a whole number from 1 to 500",
      minPrice: "must be a number such as 12.50",
      hide: "must be purchased, interacted or none",
      explain: "must be true or false",
      userId: "must not be empty",
      category: "must be given once",
      nonsense:
        "is unknown; known are userId, sessionId, itemId, recent, numResults, category, minPrice, maxPrice, filter, " +
        "filterName, filterValues, exclude, hide, explain, " +
        "model, diversity, popularityInfluence, freshnessInfluence, rotationRate, explorationWeight, explorationItemAgeCutOff",
      model: "must not be empty",
    });
  });

  it("names what is wrong with several parameters together, and in every place", async () => {
    const namesOf = async (path: string, init?: RequestInit) => {
      const { body } = await getJson<ProblemBody>(app, path, init);
      return body.errors.map(({ parameter, in: place }) => `${place} ${parameter}`);
    };
    const range = "minPrice=9&maxPrice=8";
    expect(await namesOf(`/recommendations?${range}&numResults=0&x=1`)).toEqual([
      ...["query numResults", "query x", "query minPrice"],
    ]);
    expect(await namesOf(`/items/${"x".repeat(257)}/similar?numResults=0&${range}`)).toEqual([
      ...["query numResults", "query minPrice", "path id"],
    ]);
    expect(await namesOf("/recommendations?x=1", post({ numResults: 0, minPrice: 9, maxPrice: 8 }))).toEqual([
      ...["query x", "body numResults", "body minPrice"],
    ]);
    expect(await namesOf("/recommendations?recent=%C3%ADtem+2:Stare&recent=%C3%ADtem+3:Look")).toEqual([
      ...["query recent", "query recent"],
    ]);
  });

  it.each([
    ["numResults=501", "numResults"],
    ["numResults=2.5", "numResults"],
    ["numResults=1e2", "numResults"],
    ["minPrice=9&maxPrice=8", "minPrice"],
    ["minPrice=-1", "minPrice"],
    [`userId=${"x".repeat(257)}`, "userId"],
    ["recent=", "recent"],
    ["recent=%C3%ADtem+2:Stare", "recent"],
    ["filterValues[X]=1", "filterValues"],
    ["filterValues=1", "filterValues"],
    ["filter=INCLUDE", "filter"],
    ["filter=INCLUDE+ItemID+WHERE+Items.SIZE+=+1", "filter"],
    ["filterName=nothing", "filterName"],
    ["__proto__=1", "__proto__"],
    ["diversity=1.5", "diversity"],
    ["rotationRate=0.5", "rotationRate"],
    ["explorationItemAgeCutOff=-1", "explorationItemAgeCutOff"],
  ])("refuses %s, naming %s", async (query, parameter) => {
    const { status, body } = await getJson<ProblemBody>(app, `/recommendations?${query}`);
    expect(status).toBe(400);
    expect(body.errors.map((error) => error.parameter)).toEqual([parameter]);
    expect(body.errors[0].in).toBe("query");
  });
});

describe("POST /recommendations", () => {
  it("takes the same names and gives the same answer", async () => {
    const query = { userId: "user 2", numResults: 7, exclude: ["ítem 2"], hide: "none", explain: true };
    const { status, headers, body } = await getJson<Answer>(app, "/recommendations", post(query));
    expect(status).toBe(200);
    expect(headers.get("cache-control")).toBe("private, no-store");
    const path = "/recommendations?userId=user+2&numResults=7&exclude=%C3%ADtem+2&hide=none&explain=true";
    const { body: got } = await getJson<Answer>(app, path);
    expect({ ...body, recommendationId: "" }).toEqual({ ...got, recommendationId: "" });
  });

  it("names every wrong member at once", async () => {
    const wrong = {
      numResults: "5",
      recent: "a",
      exclude: ["", 5],
      explain: 1,
      hide: "all",
      model: 1,
      x: 1,
    };
    const { status, body } = await getJson<ProblemBody>(app, "/recommendations", post(wrong));
    expect(status).toBe(400);
    expect(new Set(body.errors.map((error) => error.parameter))).toEqual(new Set(Object.keys(wrong)));
    expect(body.errors.every((error) => error.in === "body")).toBe(true);
    expect(body.errors.find(({ detail }) => detail.startsWith("entry 2"))?.parameter).toBe("exclude");
  });

  it("refuses a mixture with Personalize's dialect", async () => {
    const arn = {
      campaignArn: "arn:aws:personalize:eu-west-1:1:campaign/user-personalization",
      userId: "user 2",
    };
    expect(await getJson(app, "/recommendations", post(arn))).toMatchObject({ status: 200 });
    const { status, body } = await getJson<ProblemBody>(
      app,
      "/recommendations",
      post({ ...arn, hide: "none" }),
    );
    expect(status).toBe(400);
    expect(body.errors).toEqual([
      { parameter: "hide", in: "body", detail: "cannot be mixed with campaignArn or recommenderArn" },
    ]);
    // Only what both dialects know may stand beside an ARN.
    for (const own of ["diversity", "filter", "model", "category"]) {
      expect((await getJson(app, "/recommendations", post({ ...arn, [own]: 1 }))).status).toBe(400);
    }
  });

  it("says in a body's words what is wrong with it", async () => {
    const saidOf = async (body: unknown) => {
      const { body: problem } = await getJson<ProblemBody>(app, "/recommendations", post(body));
      return problem.errors.map(({ parameter, detail }) => `${parameter} ${detail}`);
    };
    expect(await saidOf("{")).toEqual(["body is not valid JSON"]);
    expect(await saidOf("[]")).toEqual(["body must be a JSON object"]);
    expect(await saidOf("null")).toEqual(["body must be a JSON object"]);
    expect(await saidOf({ userId: 5, recent: ["a", 5], minPrice: "1" })).toEqual([
      "userId must be text",
      "recent entry 2: must be text",
      "minPrice must be a number of at least 0",
    ]);
    expect(await saidOf('{"__proto__":1}')).toEqual([expect.stringMatching(/^__proto__ is unknown/)]);
  });

  it("wants a JSON object, of a bounded size", async () => {
    const statusOf = async (init: RequestInit) => (await app.request("/recommendations", init)).status;
    expect(await statusOf(post("{"))).toBe(400);
    expect(await statusOf(post("[]"))).toBe(400);
    expect(await statusOf(post("null"))).toBe(400);
    expect(await statusOf(post("{}", { "content-type": "text/plain" }))).toBe(415);
    expect(await statusOf(post(""))).toBe(400);
    expect(await statusOf({ method: "POST" })).toBe(415);
    expect(await statusOf(post(JSON.stringify({ userId: "x".repeat(1_100_000) })))).toBe(413);
    expect(await statusOf(post({}))).toBe(200);
  });

  it("takes no query besides", async () => {
    const { status, body } = await getJson<ProblemBody>(app, "/recommendations?userId=1", post({}));
    expect(status).toBe(400);
    expect(body.errors[0]).toMatchObject({ parameter: "userId", in: "query" });
  });
});

describe("the other rows", () => {
  it("are items like an item, by its encoded id", async () => {
    const { body } = await getJson<Answer>(app, "/items/%C3%ADtem%202/similar?numResults=4");
    expect(body.source).toBe("similar");
    expect(body.items.length).toBe(4);
    expect(itemIds(body)).not.toContain("ítem 2");
    const { status, body: unknown } = await getJson<Answer>(app, "/items/un%2Fheard/similar");
    expect(status).toBe(200);
    expect(unknown.source).toBe("popular");
  });

  it("are refused for an id that none can have, naming it", async () => {
    for (const path of ["/items/", "/v1/items/"].map((start) => start + "x".repeat(257))) {
      for (const tail of ["", "/similar"]) {
        const { status: refused, body } = await getJson<ProblemBody>(app, path + tail);
        expect(refused).toBe(400);
        expect(body.errors).toEqual([
          { parameter: "id", in: "path", detail: "must have at most 256 characters" },
        ]);
      }
    }
  });

  it("are what is popular, narrowed", async () => {
    const { body } = await getJson<Answer>(app, "/popular?category=even&numResults=3");
    expect(body.items.map((row) => row.source)).toEqual(["popular", "popular", "popular"]);
    expect(body.items.every((row) => row.item?.category === "even")).toBe(true);
    expect((await app.request("/popular?userId=1")).status).toBe(400);
  });

  it("are twenty products by the storefront's own names", async () => {
    const { body } = await getJson<Record<string, unknown>[]>(app, "/products?user_id=user+2");
    expect(body.length).toBe(20);
    expect(Object.keys(body[0])).toEqual(["id", "description", "price", "category", "installments", "image"]);
  });
});
