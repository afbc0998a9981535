import { describe, expect, it } from "vitest";
import { parseRules, type Rules } from "../../src/registry/rules.ts";
import { armOf } from "../../src/serving/arms.ts";
import { Serving } from "../../src/serving/serving.ts";
import { smallSource } from "./small-shop.ts";
import { storedServing } from "./stored-serving.ts";

const arms = [
  { name: "as-it-is", share: 0.75 },
  { name: "again", share: 0.25, hide: "none" as const },
];
const users = Array.from({ length: 4000 }, (_, number) => `user ${number}`);

function experimentOf(changes: object = {}): NonNullable<Rules["experiment"]> {
  const experiment = { name: "repeat", holdback: 0.1, arms, ...changes };
  return parseRules({ experiment }, "rules").experiment as NonNullable<Rules["experiment"]>;
}

function shares(experiment: NonNullable<Rules["experiment"]>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const userId of users) {
    const name = armOf(experiment, { userId })?.name ?? "none";
    counts[name] = (counts[name] ?? 0) + 1 / users.length;
  }
  return counts;
}

async function servingWith(experiment: object) {
  const source = smallSource();
  source.state = { ...source.state, etag: "2", rules: "r1" };
  return Serving.start({
    source: Object.assign(source, { loadRules: async () => parseRules({ experiment }, "rules") }),
  });
}

describe("arms", () => {
  it("have their shares, of which the holdback takes its own first", () => {
    const found = shares(experimentOf());
    expect(found.holdback).toBeCloseTo(0.1, 1);
    expect(found["as-it-is"]).toBeCloseTo(0.9 * 0.75, 1);
    expect(found.again).toBeCloseTo(0.9 * 0.25, 1);
  });

  it("stay as they are whatever is held back, and are dealt anew by another salt", () => {
    const [before, more, other] = [{}, { holdback: 0.3 }, { salt: "again" }].map((changes) =>
      experimentOf(changes),
    );
    const armsOf = (experiment: typeof before) => users.map((userId) => armOf(experiment, { userId })?.name);
    const [first, second, third] = [before, more, other].map(armsOf);
    first.forEach((arm, at) => {
      expect([arm, "holdback"]).toContain(second[at]);
      if (arm === "holdback") expect(second[at]).toBe("holdback");
    });
    expect(third.filter((arm, at) => arm === first[at]).length).toBeLessThan(0.7 * users.length);
  });

  it("are a user's, else a session's, else nobody's", () => {
    const experiment = experimentOf({ holdback: 0 });
    const withSession = users.map((userId) => armOf(experiment, { userId, sessionId: "s" })?.name);
    expect(withSession).toEqual(users.map((userId) => armOf(experiment, { userId })?.name));
    expect(armOf(experiment, { sessionId: "s" })).toBeDefined();
    expect(armOf(experiment, {})).toBeUndefined();
  });

  it("are refused where they make no sense", () => {
    const refuse = (changes: object) => expect(() => experimentOf(changes));
    refuse({ arms: [{ name: "a", share: 0.4 }] }).toThrow(/the shares are 0\.4 together, and have to be 1/);
    refuse({ arms: [{ name: "holdback", share: 1 }] }).toThrow(/none is called "holdback"/);
    refuse({ arms: [0.5, 0.5].map((share) => ({ name: "a", share })) }).toThrow(/a name of its own/);
    refuse({ holdback: 0.9 }).toThrow(/0\.5/);
  });
});

describe("an answer in an experiment", () => {
  it("says its arm and keeps to it; what the request says goes before", async () => {
    const serving = await servingWith({ name: "repeat", arms: [{ name: "again", share: 1, hide: "none" }] });
    const question = { userId: "user 3", numResults: 40 };
    const answer = serving.answer(question);
    expect(answer.experiment).toEqual({ name: "repeat", arm: "again" });
    const plain = await Serving.start({ source: smallSource() });
    expect(answer.items).toEqual(plain.answer({ ...question, hide: "none" }).items);
    expect(answer.items).not.toEqual(plain.answer(question).items);
    expect(serving.answer({ ...question, hide: "interacted" }).items).toEqual(
      plain.answer({ ...question, hide: "interacted" }).items,
    );
    expect(serving.answer({ numResults: 3 })).not.toHaveProperty("experiment");
  });

  it("is bent as its arm is, unless the request says otherwise", async () => {
    const serving = await servingWith({
      name: "mix",
      arms: [{ name: "mixed", share: 1, popularityInfluence: 1 }],
    });
    const plain = await Serving.start({ source: smallSource() });
    const question = { userId: "user 3", numResults: 10 };
    const bent = serving.answer(question).items;
    expect(bent).toEqual(plain.answer({ ...question, popularityInfluence: 1 }).items);
    expect(bent).not.toEqual(plain.answer(question).items);
    const said = { ...question, popularityInfluence: 0 };
    expect(serving.answer(said).items).toEqual(plain.answer(said).items);
  });

  it("hides by the arm what was bought since training too, and is kept with its arm", async () => {
    let rules = {};
    const loadRules = async () => parseRules(rules, "rules");
    const { activity, source } = await storedServing();
    const serving = await Serving.start({ source: Object.assign(source, { loadRules }), activity });
    const bought = {
      eventId: "1",
      sessionId: "s",
      userId: "user 3",
      eventType: "Purchase",
      itemId: "ítem 10",
    };
    await activity.putEvents([{ ...bought, time: Date.now() / 1000 }]);
    const ask = async () => {
      const query = await serving.recall({ userId: "user 3", numResults: 40 });
      const answer = serving.answer(query);
      await serving.activity?.expose(answer, query);
      return answer.items.map(({ itemId }) => itemId);
    };
    expect(await ask()).not.toContain("ítem 10");
    const experiment = { name: "repeat", arms: [{ name: "again", share: 1, hide: "none" }] };
    rules = { experiment };
    source.state = { ...source.state, etag: "2", rules: "r1" };
    await serving.refresh();
    expect(await ask()).toContain("ítem 10");
    const { exposures } = await activity.exportUser("user 3");
    expect(exposures.map(({ experiment, arm }) => [experiment, arm])).toContainEqual(["repeat", "again"]);
    expect(exposures).toHaveLength(2);
  });

  it("is what is popular for whoever is held back, filtered as asked", async () => {
    const serving = await servingWith({
      name: "is-it-worth-it",
      holdback: 0.5,
      arms: [{ name: "on", share: 1 }],
    });
    const answers = Array.from({ length: 60 }, (_, number) =>
      serving.answer({ userId: `user ${number}`, numResults: 5, category: "odd" }),
    );
    const held = answers.filter(({ experiment }) => experiment?.arm === "holdback");
    expect(held.length).toBeGreaterThan(15);
    expect(held.length).toBeLessThan(45);
    const popular = serving.popular({ numResults: 5, category: "odd" }).items;
    for (const { items, source, userId } of held) {
      expect([items, source]).toEqual([popular, "popular"]);
      expect(userId).toBeDefined();
    }
    expect(answers.find(({ experiment }) => experiment?.arm === "on")?.source).toBe("als");
  });

  it("is an answer as ever before the experiment begins and after it has ended", async () => {
    const experiment = {
      name: "over",
      holdback: 0.5,
      arms: [{ name: "on", share: 1 }],
      until: "2020-01-01T00:00:00Z",
    };
    const serving = await servingWith(experiment);
    expect(serving.answer({ userId: "user 3" })).not.toHaveProperty("experiment");
  });
});
