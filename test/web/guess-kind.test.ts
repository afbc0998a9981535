import { describe, expect, it } from "vitest";
import { guessKind } from "../../web/src/start/guess-kind.ts";

describe("the kind of a dropped file", () => {
  it.each([
    ["events.csv", "id,title", "events"],
    ["Orders 2026.csv", "", "events"],
    ["items.csv", "user,item", "items"],
    ["product-feed.jsonl.gz", "", "items"],
    ["export.csv", "customer_id,sku,when\n1,2,3", "events"],
    ["export.csv", "VisitorID,sku\n", "events"],
    ["export.csv", "sku,title,price\nuser,2,3", "items"],
    ["export.csv", "", "items"],
  ])("%s beginning with %j is one of %s", async (name, content, kind) => {
    expect(await guessKind(new File([content], name))).toBe(kind);
  });
});
