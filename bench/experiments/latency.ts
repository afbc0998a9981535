import { type EventLog, EventLogBuilder } from "../../src/interactions/event-log.ts";
import { Random } from "../../src/math/random.ts";
import type { Model } from "../../src/model/model.ts";
import { type Knobs, rank } from "../../src/ranking/rank.ts";
import {
  rankAlsoViewed,
  rankBoughtTogether,
  rankPopularBy,
  rankTrending,
} from "../../src/ranking/shelves.ts";
import { defaultRecipe } from "../../src/training/defaults.ts";
import { fitRecipe } from "../../src/training/fit.ts";
import { table } from "../comparison.ts";
import { makePowerLawShop } from "../power-law-shop.ts";
import { told } from "./paired.ts";

const itemCount = 100_000;
const requestCount = 2000;
const k = 25;

/** What each way to rank takes at 100,000 items × 64 factors, for lists of 25. */
export async function measureLatency(): Promise<string> {
  const als = { ...defaultRecipe.als, factors: 64, iterations: 2, unobservedWeight: 0.02 };
  const { model } = await fitRecipe(powerLawLog(), { ...defaultRecipe, als, similarity: "fold-in" });
  const shown = new Map(Array.from({ length: 200 }, (_, at) => [model.popularRows[at], 1 + (at % 3)]));
  const knobs: Record<string, Knobs> = {
    none: {},
    "popularityInfluence .3": { popularityInfluence: 0.3 },
    "freshnessInfluence .3": { freshnessInfluence: 0.3 },
    "rotationRate .5, 200 shown": { rotationRate: 0.5, shown },
    "diversity .3": { diversity: 0.3 },
    "all four": {
      popularityInfluence: 0.3,
      freshnessInfluence: 0.3,
      rotationRate: 0.5,
      shown,
      diversity: 0.3,
    },
  };
  const lines: string[][] = Object.entries(knobs).map(([name, set]) =>
    timed(name, model, (userRow) => rank(model, { userRow, k, hide: "purchased", knobs: set })),
  );
  const youngSince = model.now - 30 * 86_400;
  const beside = (random: number) => ({
    itemRow: model.popularRows[random % 20_000],
    k,
    hide: "none" as const,
  });
  lines.push(
    timed("exploration's young rows", model, (userRow) =>
      rank(model, { userRow, k, hide: "purchased", youngSince }),
    ),
    timed("similar", model, (row) => rank(model, beside(row))),
    timed("bought together", model, (row) => rankBoughtTogether(model, beside(row))),
    timed("also viewed, filled up", model, (row) => rankAlsoViewed(model, beside(row))),
    timed("trending", model, (userRow) => rankTrending(model, { userRow, k, hide: "none" }, "1d")),
    timed("popular by event type", model, (userRow) => rankPopularBy(model, { userRow, k, hide: "none" }, 0)),
  );
  return table(["ranking", "p50, ms", "p99, ms"], lines);
}

function timed(name: string, model: Model, ask: (row: number) => unknown): string[] {
  const random = new Random("requests");
  const rows = Array.from({ length: requestCount }, () => random.integer(model.userCount));
  for (const row of rows.slice(0, 200)) ask(row);
  const times = rows.map((row) => {
    const began = performance.now();
    ask(row);
    return performance.now() - began;
  });
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor(share * times.length)].toFixed(3);
  return told([name, at(0.5), at(0.99)]);
}

/** A user's pairs in visits of four within minutes, a visit a day, a quarter of them purchases. */
function powerLawLog(): EventLog {
  const { rowCount, starts, columns } = makePowerLawShop({
    ...{ userCount: 50_000, itemCount, drawCount: 1_000_000, seed: 1 },
  });
  const random = new Random("visits");
  const log = new EventLogBuilder();
  for (let user = 0; user < rowCount; user++) {
    const own = random.shuffle(columns.slice(starts[user], starts[user + 1]));
    own.forEach((item, at) => {
      const time = 1_700_000_000 - Math.floor(at / 4) * 86_400 - random.integer(600);
      const eventType = random.integer(4) === 0 ? "Purchase" : "View";
      log.add({ userId: `u${user}`, itemId: `i${item}`, eventType, time, value: 0 });
    });
  }
  return log.build();
}
