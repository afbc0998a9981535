import { beforeEach, describe, expect, it } from "vitest";
import type { ActivityEvent } from "../../src/activity/activity-store.ts";
import type { Answer, Query } from "../../src/serving/query.ts";
import { personalModel, popularModel, smallCatalog } from "./small-shop.ts";
import { type Stored, storedServing } from "./stored-serving.ts";

let here: Stored;
let there: Stored;
beforeEach(async () => {
  here = await storedServing();
  there = await storedServing(here);
});

let count = 0;
function event(changes: Partial<ActivityEvent>): ActivityEvent {
  const eventId = `e${count++}`;
  return { eventId, sessionId: "s1", eventType: "View", time: Date.now() / 1000, ...changes };
}

async function ask(query: Query, of: Stored = there): Promise<Answer> {
  return of.serving.answer(await of.serving.recall(query));
}

const ids = ({ items }: Answer) => items.map(({ itemId }) => itemId);

describe("what a user did lately", () => {
  it("moves the next answer of another server, and so that it is what folding everything in gives", async () => {
    const before = await ask({ userId: "user 2" });
    expect(before.source).toBe("als");
    const views = ["ítem 3", "ítem 5", "ítem 7", "ítem 9"];
    const time = Date.now() / 1000;
    await here.activity.putEvents(views.map((itemId) => event({ userId: "user 2", itemId, time })));
    const after = await ask({ userId: "user 2" });
    expect(after.source).toBe("fold-in");
    expect(ids(after)).not.toEqual(ids(before));
    const model = await personalModel();
    const recent = views.map((itemId) => ({ itemRow: model.items.row(itemId), eventType: "View", time }));
    const folded = model.foldIn(model.withRecent(model.history(model.users.row("user 2")), recent))!;
    const [first] = after.items;
    expect(first.score).toBe(model.scores(folded.vector, [model.items.row(first.itemId)])[0]);
  });

  it("moves a session's answer, and a newcomer's, who the model does not know", async () => {
    await here.activity.putEvents([event({ itemId: "ítem 3" })]);
    expect((await ask({ sessionId: "s1" })).source).toBe("fold-in");
    expect((await ask({ sessionId: "s2" })).source).toBe("popular");
    await here.activity.putEvents([event({ itemId: "ítem 5", userId: "newcomer" })]);
    const joined = await ask({ userId: "newcomer" });
    expect(joined.source).toBe("fold-in");
    expect(ids(await ask({ userId: "newcomer", recent: [] }))).toEqual(ids(joined));
    // The session says who it is.
    expect(await ask({ sessionId: "s1" })).toMatchObject({ userId: "newcomer", items: joined.items });
  });

  it("counts together with what the request itself brings", async () => {
    await here.activity.putEvents([event({ itemId: "ítem 3" })]);
    const both = await ask({ sessionId: "s1", recent: ["ítem 4"] });
    expect(ids(both)).not.toEqual(ids(await ask({ sessionId: "s1" })));
    expect(ids(both)).not.toEqual(ids(await ask({ recent: ["ítem 4"] })));
  });

  it("is not counted twice where the model was fitted on it", async () => {
    const model = await personalModel();
    const history = model.history(model.users.row("user 2"));
    const known = Array.from(history.items, (item, at) =>
      event({ userId: "user 2", itemId: model.items.id(item), time: history.lastTime[at] }),
    );
    await here.activity.putEvents(known);
    expect((await ask({ userId: "user 2" })).source).toBe("als");
  });

  it("hides at once what was bought, also an item and an event type that no model knows", async () => {
    const [first] = ids(await ask({ userId: "user 2" }));
    await here.activity.putEvents([event({ userId: "user 2", itemId: first, eventType: "purchase" })]);
    expect(ids(await ask({ userId: "user 2", numResults: 500 }))).not.toContain(first);
    expect(ids(await ask({ userId: "user 2", numResults: 500, hide: "none" }))).toContain(first);
    expect(ids(await ask({ userId: "user 2", numResults: 500 }))).toContain("new");
    await here.activity.putEvents([event({ userId: "user 2", itemId: "new", eventType: "Bought" })]);
    expect(ids(await ask({ userId: "user 2", numResults: 500 }))).not.toContain("new");
  });

  it.each(["hide", "Not Interested", "not_interested", "dismiss"])(
    "hides at once what got the event %s, whatever is not to be hidden, and learns nothing else from it",
    async (eventType) => {
      const [first] = ids(await ask({ userId: "user 2" }));
      await here.activity.putEvents([event({ userId: "user 2", itemId: first, eventType })]);
      const after = await ask({ userId: "user 2", numResults: 500, hide: "none" });
      expect(ids(after)).not.toContain(first);
      expect(after.source).toBe("als");
      expect(ids(await ask({ userId: "user 3", numResults: 500, hide: "none" }))).toContain(first);
    },
  );

  it("passes over events that the model cannot weigh", async () => {
    await here.activity.putEvents([
      event({ userId: "user 2", itemId: "ítem 3", eventType: "Share" }),
      event({ userId: "user 2", itemId: "unheard" }),
      event({ userId: "user 2" }),
    ]);
    expect((await ask({ userId: "user 2" })).source).toBe("als");
  });

  it("is left out, and the log says so, while the store cannot be read", async () => {
    await here.activity.putEvents([event({ userId: "user 2", itemId: "ítem 3" })]);
    here.activity.close();
    expect((await ask({ userId: "user 2" }, here)).source).toBe("als");
  });
});

describe("what is said of an item", () => {
  it("takes it out of every answer at once when it is sold out or deleted, and back in with the catalogue", async () => {
    const shown = ids(await ask({ userId: "user 2", numResults: 500, hide: "none" }));
    expect(shown).toEqual(expect.arrayContaining(["ítem 3", "ítem 4"]));
    await here.serving.activity!.putItems([
      { itemId: "ítem 3", properties: { AVAILABLE: false } },
      { itemId: "ítem 4", properties: { deleted: true } },
    ]);
    for (const server of [here, await storedServing(here)]) {
      const left = ids(await ask({ userId: "user 2", numResults: 500, hide: "none" }, server));
      expect(left).toEqual(shown.filter((id) => id !== "ítem 3" && id !== "ítem 4"));
      const popular = server.serving.popular(await server.serving.recall({ numResults: 500 }));
      expect(ids(popular)).not.toContain("ítem 3");
    }
    await here.serving.refresh();
    expect(here.serving.findItem("ítem 3")).toBeUndefined();
    await here.serving.activity!.putItems([{ itemId: "ítem 3", properties: { AVAILABLE: true } }]);
    await here.serving.refresh();
    expect(ids(await ask({ userId: "user 2", numResults: 500, hide: "none" }, here))).toContain("ítem 3");
  });

  it("is seen by another server within a second", async () => {
    let clock = 1_767_323_045_000;
    const server = await storedServing(here, () => clock);
    expect(ids(await ask({ numResults: 500 }, server))).toContain("ítem 3");
    await here.serving.activity!.putItems([{ itemId: "ítem 3", properties: { available: "no" } }]);
    clock += 1000;
    expect(ids(await ask({ numResults: 500 }, server))).not.toContain("ítem 3");
  });

  it("lays over the catalogue: a price, a category, an attribute, a new item", async () => {
    await here.activity.putItems([
      { itemId: "ítem 3", properties: { PRICE: 99, CATEGORY_L1: "sale", style: "bold" } },
      { itemId: "brand new", properties: { title: "Brand new", price: 1 } },
    ]);
    await here.serving.refresh();
    expect(here.serving.findItem("ítem 3")).toMatchObject({
      ...{ title: "Product number 3", price: 99, category: "sale", attributes: { style: "bold" } },
    });
    expect(here.serving.findItem("brand new")).toMatchObject({
      title: "Brand new",
      price: 1,
      available: true,
    });
    expect(here.serving.categories()).toContain("sale");
    expect(here.serving.snapshot?.parts.catalogVersion).toMatch(/^c1\+[0-9a-f]{8}$/);
  });

  it("gives way to a catalogue that was published later", async () => {
    const version = "20990101T000000Z-1f0c";
    here.source.catalogs.set(version, async () => smallCatalog());
    await here.serving.activity!.putItems([
      { itemId: "ítem 3", properties: { available: false } },
      { itemId: "ítem 5", properties: { price: 99 } },
    ]);
    here.source.state = { etag: "4", model: "v1", catalog: version };
    await here.serving.refresh();
    expect(here.serving.snapshot?.parts.catalogVersion).toBe(version);
    expect(here.serving.findItem("ítem 5")).toMatchObject({ price: 5.5 });
    expect(ids(await ask({ numResults: 500 }, here))).toContain("ítem 3");
  });

  it("is refused, all of it, where it makes no sense", async () => {
    const changes = [
      { itemId: "ítem 3", properties: { price: 1 } },
      { itemId: "ítem 4", properties: { price: "cheap" } },
    ];
    await expect(here.serving.activity!.putItems(changes)).rejects.toThrow(/^item 2 the price "cheap"/);
    expect(await here.activity.itemChanges(0)).toEqual([]);
  });
});

describe("an erased user", () => {
  it("is unknown at once, to this server, to another and to one that loads an older model", async () => {
    await here.activity.putEvents([event({ userId: "user 2", itemId: "ítem 3" })]);
    const stranger = await ask({ userId: "nobody at all" });
    await here.serving.eraseUser("user 2");
    const anew = await storedServing(here);
    for (const server of [here, there, anew]) {
      const { items, source } = await ask({ userId: "user 2" }, server);
      expect({ items, source }).toEqual({ items: stranger.items, source: "popular" });
    }
    // Without a look into the store too, as batches and the command line answer.
    expect(anew.serving.answer({ userId: "user 2" }).items).toEqual(stranger.items);
    anew.source.models.set("v1.1", async () => ({ model: await personalModel() }));
    anew.source.state = { etag: "2", model: "v1.1", catalog: "c1" };
    await anew.serving.refresh();
    expect((await ask({ userId: "user 2" }, anew)).source).toBe("popular");
    expect((await ask({ userId: "user 3" }, anew)).source).toBe("als");
  });

  it("leaves a ledger that holds no id", async () => {
    await here.serving.eraseUser("user 2");
    const keys = await here.registry.list("");
    expect(keys).toHaveLength(2);
    for (const key of keys) {
      const text = new TextDecoder().decode((await here.registry.get(key))!.bytes);
      expect(key + text).not.toContain("user 2");
    }
    expect(keys.find((key) => key !== "erasures/secret.json")).toMatch(/^erasures\/[0-9a-f]{64}\.json$/);
  });

  it("begins anew when coming back", async () => {
    await here.serving.eraseUser("user 2");
    await here.activity.putEvents([
      event({ userId: "user 2", itemId: "ítem 3", time: Date.now() / 1000 + 2 }),
    ]);
    const back = await ask({ userId: "user 2" });
    expect(back.source).toBe("fold-in");
    expect(ids(back)).toEqual(ids(await ask({ recent: ["ítem 3"] })));
    await here.activity.putEvents([
      event({ userId: "user 2", itemId: "ítem 5", time: Date.now() / 1000 - 60 }),
    ]);
    expect(ids(await ask({ userId: "user 2" }))).toEqual(ids(back));
  });

  it("has an export like that of somebody never seen", async () => {
    await here.activity.putEvents([event({ userId: "user 2", itemId: "ítem 3" })]);
    const before = await there.serving.exportUser("user 2");
    expect(before.events).toHaveLength(1);
    expect(before.history.length).toBeGreaterThan(3);
    expect(before.history[0]).toMatchObject({
      itemId: expect.stringMatching(/^ítem/),
      eventTypes: expect.any(Array),
    });
    await here.serving.eraseUser("user 2");
    const nobody = await there.serving.exportUser("nobody at all");
    expect({ ...(await there.serving.exportUser("user 2")), userId: "" }).toEqual({ ...nobody, userId: "" });
  });
});

describe("what an answer showed", () => {
  it("is kept with its model, source and positions", async () => {
    const query = await here.serving.recall({ userId: "user 2", numResults: 2 });
    const answer = here.serving.answer(query);
    await here.serving.activity!.expose(answer, query);
    const { exposures } = await there.serving.exportUser("user 2");
    expect(exposures).toEqual([
      {
        ...{ recommendationId: answer.recommendationId, userId: "user 2", time: expect.any(Number) },
        ...{ model: "v1", channel: "production", source: "als" },
        rows: answer.items.map(({ itemId, source }, at) => ({ itemId, source, position: at + 1 })),
      },
    ]);
  });
});

it("answers from a model without factors too", async () => {
  await here.activity.putEvents([event({ userId: "user 2", itemId: "ítem 3", eventType: "Purchase" })]);
  here.source.models.set("v0", async () => ({ model: await popularModel() }));
  here.source.state = { etag: "3", model: "v0", catalog: "c1" };
  await here.serving.refresh();
  const popular = await ask({ userId: "user 2", numResults: 500 }, here);
  expect(popular.source).toBe("popular");
  expect(ids(popular)).not.toContain("ítem 3");
});
