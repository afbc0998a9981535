import { beforeAll, describe, expect, it } from "vitest";
import { holdOutTruth } from "../../src/evaluation/held-out.ts";
import { fittedPart, seenEvents } from "../../src/evaluation/seen-events.ts";
import type { EventLog } from "../../src/interactions/event-log.ts";
import type { Model } from "../../src/model/model.ts";
import { eventsOf, makeLog } from "../interactions/made-log.ts";
import { modelOf, smallContents, smallLog } from "../model/small-shop.ts";

const shifted = (log: EventLog, seconds: number): EventLog =>
  makeLog(eventsOf(log).map((event) => ({ ...event, time: (event.time ?? Number.NaN) + seconds })));

describe("seenEvents", () => {
  const log = smallLog();
  let model: Model;
  beforeAll(async () => {
    model = modelOf(await smallContents({ log }));
  });

  it("recognises every event that the model was fitted on", () => {
    expect(seenEvents(model, log)).toBe(log.length);
  });

  it("recognises them to the millisecond, although a model keeps whole seconds", async () => {
    const precise = shifted(log, 0.987);
    expect(seenEvents(modelOf(await smallContents({ log: precise })), precise)).toBe(log.length);
  });

  it("takes what comes later for a repeat, which is fair to ask for", () => {
    expect(seenEvents(model, shifted(log, 1000 * 86_400))).toBe(0);
  });

  it("takes any known pair for seen where there are no times", () => {
    const timeless = makeLog(eventsOf(log).map(({ time: _, ...event }) => event));
    expect(seenEvents(model, timeless)).toBe(log.length);
  });

  it("has not seen strangers, nor items that are new", () => {
    const [{ user, item }] = eventsOf(log);
    const other = makeLog([
      { user: "a stranger", item },
      { user, item: "an unknown item" },
    ]);
    expect(seenEvents(model, other)).toBe(0);
  });
});

describe("fittedPart", () => {
  it("asks a model's histories what the interactions would have said", async () => {
    const contents = await smallContents();
    const hidden = shifted(smallLog(), 86_400);
    const fromModel = holdOutTruth(fittedPart(modelOf(contents)), hidden);
    const fromInteractions = holdOutTruth(contents.interactions, hidden);
    expect(fromModel.relevant).toEqual(fromInteractions.relevant);
    expect(fromModel.userCounts).toEqual(fromInteractions.userCounts);
    expect(fromModel.sentence).toBe(fromInteractions.sentence);
  });
});
