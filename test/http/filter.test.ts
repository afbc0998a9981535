import { beforeAll, describe, expect, it } from "vitest";
import type { App } from "../../src/http/host.ts";
import type { Answer } from "../../src/serving/query.ts";
import { getJson, post, smallApp } from "./small-app.ts";

interface ProblemBody {
  readonly errors: { parameter: string; in: string; detail: string }[];
}

let app: App;
beforeAll(async () => {
  app = await smallApp({ auth: "open" });
});

describe("a filter", () => {
  const filter = "INCLUDE ItemID WHERE Items.PRICE < $PRICE AND Items.CATEGORY IN ($CATS)";

  it("comes with its values, by a query or a body, on every list", async () => {
    const values = "filterValues[PRICE]=12&filterValues[CATS]=odd&filterValues[CATS]=none";
    const query = `filter=${encodeURIComponent(filter)}&${values}`;
    const body = { filter, filterValues: { PRICE: "12", CATS: '"odd","none"' } };
    const answers = await Promise.all([
      getJson<Answer>(app, `/recommendations?${query}`),
      getJson<Answer>(app, "/recommendations", post(body)),
      getJson<Answer>(app, `/popular?${query}`),
      getJson<Answer>(app, `/items/1/similar?${query}`),
    ]);
    for (const { status, body } of answers) {
      expect(status).toBe(200);
      expect(body.items.length).toBe(6);
      for (const { item } of body.items) expect(item?.category).toBe("odd");
    }
  });

  it("is bounded", async () => {
    const tooLong = `${filter}${" ".repeat(2500)}`;
    const { status, body } = await getJson<ProblemBody>(app, "/recommendations", post({ filter: tooLong }));
    expect([status, body.errors[0].detail]).toEqual([400, "must have at most 2500 characters"]);
    const values = Object.fromEntries(Array.from({ length: 26 }, (_, at) => [`V${at}`, "x"]));
    const many = await getJson<ProblemBody>(app, "/recommendations", post({ filter, filterValues: values }));
    expect(many.body.errors).toEqual([
      { parameter: "filterValues", in: "body", detail: "must name at most 25 values" },
    ]);
  });
});
