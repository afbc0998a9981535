import { figureValue } from "../../src/evaluation/metrics.ts";
import type { ReportData } from "../../src/report/gather.ts";
import type { Run, RunResult, TrialRecord } from "../../src/tracking/record.ts";

/** What an attacker would name a product, a file or himself. */
export const hostile = `<img src=x onerror=alert(1)>"'&</svg><script>alert(2)</script>`;

export const run: Run = {
  run: "20261124T211326Z-1510",
  createdAt: "2026-11-24T21:13:26.129Z",
  who: "anna",
  program: "0.1.0",
  seed: 1,
  data: {
    source: "events.csv.gz",
    eventCount: 638_818,
    digest: "2444e97c5ca2934077948bf5aa8f122981f1a020b8cae27eacff138f27dbc948",
    split:
      "Split by time: trained on 517,444 events, validated on 57,493 events from 2026-10-15 20:38 UTC, tested on " +
      "63,881 events from 2026-10-23 15:11 UTC.",
  },
  criterion: { task: "all", metric: "ndcg", k: 10, target: "purchase" },
  search: "grid",
  trialCount: 144,
  profile: {
    userCount: 10_000,
    itemCount: 2464,
    pairCount: 412_301,
    repeatShare: 0.354,
    types: { View: 421_000, AddToCart: 98_000, ViewCart: 55_000, StartCheckout: 31_000, Purchase: 33_818 },
    eventsByDay: Array.from({ length: 180 }, (_, day) => ({
      day: new Date(Date.UTC(2026, 4, 5 + day)).toISOString().slice(0, 10),
      count: Math.round(3000 + 900 * Math.sin(day / 1.114) + 8 * day),
    })),
    longTail: Array.from({ length: 100 }, (_, at) => ({
      items: (at + 1) / 100,
      events: ((at + 1) / 100) ** 0.35,
    })),
  },
};

const values = {
  unobservedWeight: [0.006, 0.02, 0.06, 0.2, 0.6, 2],
  regularization: [0.0005, 0.0015, 0.005],
  popularityExponent: [0, 0.25],
  halfLifeDays: [null, 180, 60, 20],
};

/** What validation says of a combination: a smooth hill, on which the half-life stands apart. */
function valueAt([weight, ridge, exponent, halfLife]: readonly number[]): number {
  return (
    0.19 -
    0.006 * (weight - 3.4) ** 2 -
    0.004 * (ridge - 1) ** 2 -
    0.003 * exponent -
    0.004 * Math.abs(halfLife - 1)
  );
}

/** Every trial of the default grid, all of them run to their end. */
export function gridTrials(): TrialRecord[] {
  const trials: TrialRecord[] = [];
  for (const [h, halfLifeDays] of values.halfLifeDays.entries()) {
    for (const [w, unobservedWeight] of values.unobservedWeight.entries()) {
      for (const [r, regularization] of values.regularization.entries()) {
        for (const [e, popularityExponent] of values.popularityExponent.entries()) {
          trials.push(
            trialOf(trials.length, valueAt([w, r, e, h]), {
              confidence: { weights: { View: 1, Purchase: 5 }, formula: "r", parameters: {}, halfLifeDays },
              als: {
                factors: 128,
                unobservedWeight,
                regularization,
                popularityExponent,
                iterations: 8,
                solver: "cg",
              },
              popularityExponent: 0,
            }),
          );
        }
      }
    }
  }
  return trials;
}

export function trialOf(trial: number, value: number, recipe: TrialRecord["recipe"]): TrialRecord {
  const gains = [-0.012, -0.003, 0, -0.0008, -0.0021];
  const iterations = gains.map((gain, at) => ({
    iteration: at + 1,
    loss: 9000 + 1200 / (at + 1) + trial,
    value: value + gain,
    seconds: 0.8 * (at + 1),
  }));
  return {
    run: run.run,
    trial,
    startedAt: run.createdAt,
    recipe,
    outcome: "finished",
    iterations,
    best: { iteration: 3, value: { value, low: value - 0.006, high: value + 0.006 } },
    seconds: 4.1,
    peakMemoryBytes: 210 * 2 ** 20,
  };
}

/** The same as a search by halving leaves them: most fell out early, at a lower figure. */
export function halvedTrials(): TrialRecord[] {
  const order = gridTrials().sort((a, b) => bestOf(b) - bestOf(a));
  return order
    .map((record, place): TrialRecord => {
      if (place < 4) return record;
      const factors = place < 8 ? 128 : place < 24 ? 64 : 16;
      const value = bestOf(record) - (factors === 16 ? 0.02 : factors === 64 ? 0.008 : 0.004);
      return {
        ...record,
        outcome: "fell-out",
        fellOutAt: { factors, iterations: 1 },
        iterations: [{ ...record.iterations[0], value }],
        best: { iteration: 1, value },
      };
    })
    .sort((a, b) => a.trial - b.trial);
}

function bestOf({ best }: TrialRecord): number {
  return best === undefined ? Number.NaN : figureValue(best.value);
}

export function failedTrial(
  trial: number,
  error = "training left the finite numbers in the items' half-step",
): TrialRecord {
  const { best: _, ...rest } = trialOf(trial, 0, { als: { unobservedWeight: 9, regularization: 0.0005 } });
  return { ...rest, outcome: "failed", iterations: [], error };
}

function figures(value: number, [coverage, head, novelty]: readonly [number, number, number]) {
  const around = (middle: number) => ({ value: middle, low: middle * 0.94, high: middle * 1.06 });
  return {
    "ndcg@10": around(value),
    "recall@20": around(value * 1.8),
    "precision@10": around(value * 0.5),
    "mrr@10": around(value * 1.4),
    "coverage@10": coverage,
    "popular-share@10": head,
    "novelty@10": novelty,
  };
}

function both(value: number, lists: readonly [number, number, number]) {
  return { all: figures(value, lists), new: figures(value * 0.75, lists) };
}

const model = "20261124T211426Z-aa01";

export const result: RunResult = {
  run: run.run,
  endedAt: "2026-11-24T21:14:29.000Z",
  seconds: 63,
  trial: 56,
  recipe: { als: { factors: 128, unobservedWeight: 0.2 } },
  model,
  metrics: both(0.1771, [0.657, 0.557, 9.9]),
  baselines: {
    popularity: both(0.0418, [0.006, 1, 7.1]),
    "recent-popularity": both(0.0633, [0.007, 0.97, 7.3]),
    "own-history": both(0.1334, [0.88, 0.41, 10.2]),
    "item-knn": both(0.1542, [0.71, 0.52, 10]),
    rp3beta: both(0.1498, [0.66, 0.55, 9.8]),
    oracle: both(0.231, [0.74, 0.5, 10.1]),
  },
  gate: {
    channel: "production",
    decision: "promote",
    reason:
      "it beats popularity: ndcg@10 +0.1353 (95 % interval +0.1210 to +0.1486) against the popularity baseline",
    difference: { value: 0.1353, low: 0.121, high: 0.1486 },
  },
};

const bands = {
  head: { items: 176, relevant: 1340, "share@10": 0.557, "recall@10": 0.31 },
  middle: { items: 488, relevant: 1401, "share@10": 0.291, "recall@10": 0.25 },
  tail: { items: 1800, relevant: 1502, "share@10": 0.152, "recall@10": 0.17 },
};

/** All that a finished run of the whole grid shows. */
export function madeReport(changes: Partial<ReportData> = {}): ReportData {
  return {
    madeAt: "2026-11-25T08:00:00.000Z",
    run,
    trials: gridTrials(),
    result,
    model: {
      version: model,
      createdAt: result.endedAt,
      program: "0.1.0",
      model: { byteLength: 8, sha256: "1".repeat(64), chunkBytes: 8, chunks: ["1".repeat(64)] },
      rank: 128,
      userCount: 10_000,
      itemCount: 2464,
      recipe: result.recipe,
      seed: 1,
      data: run.data,
      fits: [
        {
          name: "validated",
          digest: "a",
          eventCount: 517_444,
          lastEvent: Date.UTC(2026, 9, 15, 20, 38) / 1000,
        },
        { name: "scored", digest: "b", eventCount: 574_937, lastEvent: Date.UTC(2026, 9, 23, 15, 11) / 1000 },
        { name: "served", digest: "c", eventCount: 638_818, lastEvent: Date.UTC(2026, 9, 31) / 1000 },
      ],
      metrics: { ...result.metrics, segments: {}, byPopularity: { all: bands, new: bands } },
      baselines: result.baselines,
      golden: [],
    },
    channel: {
      name: "production",
      live: model,
      history: [
        {
          at: "2026-11-20T09:00:00.000Z",
          action: "promote",
          model: "20261120T085959Z-0001",
          who: "anna",
          why: "the first one",
        },
        {
          at: "2026-11-22T09:00:00.000Z",
          action: "catalog",
          catalog: "20261122T090000Z-7a8c09e1d0c9",
          who: "nightly",
          why: "new prices",
        },
        {
          at: result.endedAt,
          action: "promote",
          model,
          who: "anna",
          why: `forced ("the holidays") although: it is worse`,
          gate: { decision: "promote", reason: "it is worse", forced: "the holidays" },
        },
        {
          at: "2026-11-23T09:00:00.000Z",
          action: "hold",
          model: "20261123T085959Z-0002",
          who: "nightly",
          why: "a refresh that may be more than 2 % worse",
          gate: {
            decision: "hold",
            reason: "a refresh that may be more than 2 % worse",
            difference: { value: -0.004, low: -0.009, high: 0.001 },
          },
        },
      ],
    },
    shoppers: {
      model,
      examples: [3, 17, 64].map((historyLength, at) => ({
        historyLength,
        history: Array.from({ length: Math.min(8, historyLength) }, (_, row) => ({
          title: `Oak desk ${at}.${row}, solid, with two drawers`,
          category: "Desks",
          deeds: ["View", "Purchase"],
          day: "2026-10-30",
        })),
        rows: Array.from({ length: 8 }, (_, row) => ({
          title: row === 2 ? hostile : `Walnut shelf ${at}.${row}`,
          category: "Shelves",
          price: 129.9,
          source: "als",
          because: [{ title: "Oak desk", share: 0.41 }],
        })),
      })),
    },
    ...changes,
  };
}
