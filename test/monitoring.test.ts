import { beforeAll, describe, expect, it } from "vitest";
import { popularity, recommendPopular } from "../src/evaluation/baselines/popularity.ts";
import { fittedPart } from "../src/evaluation/seen-events.ts";
import { type EventLog, rowsWhere, selectEvents } from "../src/interactions/event-log.ts";
import { MonitorError, monitorModel } from "../src/monitoring.ts";
import type { Manifest } from "../src/registry/manifest.ts";
import { type Fitted, fitPopularity, fitRecipe } from "../src/training/fit.ts";
import { tinyLog, tinyRecipe } from "./training/tiny-shop.ts";

const log = tinyLog();
const end = 70 * 86_400;
const where = (passes: (time: number) => boolean): EventLog =>
  selectEvents(
    log,
    rowsWhere(log.length, (row) => passes(log.time[row])),
  );
const options = { ks: [10], seed: 1 };
let fitted: Fitted;
let manifest: Manifest;
beforeAll(async () => {
  fitted = await fitRecipe(
    where((time) => time <= end),
    tinyRecipe,
  );
  const fits = [
    { name: "served", digest: "d", eventCount: fitted.eventCount, lastEvent: fitted.interactions.now },
  ];
  manifest = { version: "v1", fits } as unknown as Manifest;
});

describe("the live model on what happened since", () => {
  it("is scored on later events alone, whatever else is given", () => {
    const given = monitorModel(fitted.model, manifest, log, options);
    const later = monitorModel(
      fitted.model,
      manifest,
      where((time) => time > end),
      options,
    );
    expect(given.events).toEqual({ given: 6000, later: later.events.later, counted: later.events.counted });
    expect({ ...given, events: 0 }).toEqual({ ...later, events: 0 });
    expect(given.users.judged).toBeGreaterThan(200);
    expect(given.users.known).toBeLessThanOrEqual(given.users.later);
    expect(given.verdict).toBe("beats popularity");
    expect(given.sentence).toMatch(
      /^it still beats popularity: ndcg@10 on all items is 0\.\d+ against 0\.\d+, \+0\./,
    );
    expect(given.dataUntil).toBe(new Date(fitted.interactions.now * 1000).toISOString());
  });

  it("stands beside what was popular in its own data, by the same evaluator", () => {
    const interactions = fitted.interactions;
    const [ours, baseline] = [recommendPopular(fittedPart(fitted.model)), popularity.fit(interactions, log)];
    for (const user of ["nobody", interactions.users.id(0), interactions.users.id(7)]) {
      for (const task of ["all", "new"] as const)
        expect(ours(user, 20, task)).toEqual(baseline(user, 20, task));
    }
  });

  it("is not said to beat popularity where it is what is popular", () => {
    const popular = fitPopularity(
      where((time) => time <= end),
      tinyRecipe,
    );
    const { verdict, sentence, difference } = monitorModel(popular.model, manifest, log, options);
    expect(verdict).toBe("does not beat popularity");
    expect(sentence).toMatch(/^it is (worse than popularity|not shown to beat popularity any longer): /);
    expect(difference!.low).toBeLessThanOrEqual(0);
  });

  it("cannot be told by under 200 users, nor without later events", () => {
    const few = monitorModel(
      fitted.model,
      manifest,
      where((time) => time <= end + 86_400),
      options,
    );
    expect(few.users.judged).toBeLessThan(200);
    expect([few.verdict, few.sentence]).toEqual([
      "cannot tell",
      expect.stringMatching(/fewer than 200\. ndcg@10/),
    ]);
    const none = monitorModel(
      fitted.model,
      manifest,
      where((time) => time <= end),
      options,
    );
    expect([none.verdict, none.users.later]).toEqual(["cannot tell", 0]);
    expect(none.sentence).toMatch(/^cannot tell: none of \d+ events came after/);
  });

  it("is judged by the figure that is asked for", () => {
    const { metric, difference } = monitorModel(fitted.model, manifest, log, {
      ...options,
      metric: "recall@20 on new items",
    });
    expect(metric).toBe("recall@20 on new items");
    expect(difference!.challenger).toBeGreaterThan(0);
    expect(() => monitorModel(fitted.model, manifest, log, { ...options, metric: "clicks" })).toThrow(
      MonitorError,
    );
  });

  it("needs times on both sides", () => {
    const timeless = { ...log, hasTime: false, time: log.time.map(() => Number.NaN) };
    expect(() => monitorModel(fitted.model, manifest, timeless, options)).toThrow(/no times/);
    const undated = { ...manifest, fits: [{ name: "served" as const, digest: "d", eventCount: 1 }] };
    expect(() => monitorModel(fitted.model, undated, log, options)).toThrow(/fitted to events without times/);
  });
});
