import { readFile, writeFile } from "node:fs/promises";
import type { Baseline } from "../src/evaluation/baselines/baseline.ts";
import { itemKnn } from "../src/evaluation/baselines/item-knn.ts";
import { ownHistory } from "../src/evaluation/baselines/own-history.ts";
import { popularity, recentPopularity } from "../src/evaluation/baselines/popularity.ts";
import { rp3beta } from "../src/evaluation/baselines/rp3beta.ts";
import type { Recommend } from "../src/evaluation/evaluate.ts";
import { isHiddenPair } from "../src/evaluation/held-out.ts";
import { fitImplicit, loadMatrix, readFactors } from "./implicit.ts";
import { type Judge, recommendByFactors } from "./judge.ts";
import type { Peer } from "./peer.ts";

/** A setting of a contender, carried out on some part: what it recommends there. */
export interface Candidate {
  readonly label: string;
  readonly recommend: Recommend;
  /** the same setting fitted to another part */
  again(part: Judge, seed: number): Promise<Recommend>;
}

/** A recommender to beat, and the settings of it that validation chooses from. */
export interface Contender {
  readonly name: string;
  /** whether a seed changes what it recommends */
  readonly isSeeded: boolean;
  candidates(part: Judge): AsyncIterable<Candidate>;
}

/** Twelve settings each, as many as `aisle train` tries; implicit gets 24, each watched on its way. */
export function contenders(peer: Peer, keep: string, threads: number): Contender[] {
  const days = [3, 5, 7, 10, 14, 21, 28, 42, 60, 90, 180, 365];
  const counts = [5, 10, 20, 30, 50, 75, 100, 150, 200, 300, 500, 1000];
  return [
    tuned("popularity", [["", popularity]]),
    tuned(
      "recent popularity",
      days.map((d) => [`${d} days`, recentPopularity({ days: d })]),
    ),
    tuned(
      "own frequency × recency",
      days.map((d) => [`${d} days`, ownHistory({ days: d })]),
    ),
    tuned(
      "item-kNN",
      counts.map((k) => [`${k} neighbours`, itemKnn({ neighbourCount: k })]),
    ),
    tuned(
      "RP3β",
      product([100, 400], [0.4, 0.7, 1], [0.1, 0.4]).map(([k, alpha, beta]) => [
        `${k} neighbours, α ${alpha}, β ${beta}`,
        rp3beta({ neighbourCount: k, alpha, beta }),
      ]),
    ),
    ease(peer, keep),
    implicit(peer, keep, threads),
  ];
}

function tuned(name: string, settings: readonly (readonly [string, Baseline])[]): Contender {
  return {
    name,
    isSeeded: false,
    async *candidates(part) {
      for (const [label, baseline] of settings) {
        const learn = ({ interactions, log }: Judge): Recommend => baseline.fit(interactions, log);
        yield { label, recommend: learn(part), again: async (other) => learn(other) };
      }
    },
  };
}

/** EASE inverts a matrix of items × items: no more items than these. */
const easeItemsMax = 10_000;
const easeRegularizations = [5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 5120, 10_240];
/** The longest list that is asked for. */
const listLength = 20;

function ease(peer: Peer, keep: string): Contender {
  const load = async ({ interactions }: Judge): Promise<void> => {
    await loadMatrix(peer, interactions, keep);
    await peer.call("quality.ease_gram", { items_max: easeItemsMax });
    const { columns } = interactions.confidence;
    const hidden = Uint8Array.from(columns, (_, pair) => Number(isHiddenPair(interactions, pair)));
    await writeFile(`${keep}.hidden`, hidden);
  };
  const rank = async ({ interactions, truth, log }: Judge, regularization: number): Promise<Recommend> => {
    const known = truth.users.filter((_, user) => truth.warm[user] === 1);
    await writeFile(
      `${keep}.asked`,
      Uint32Array.from(known, (id) => interactions.users.row(id)),
    );
    const files = { users: `${keep}.asked`, hidden: `${keep}.hidden`, lists: `${keep}.lists` };
    await peer.call("quality.ease_rank", { regularization, ...files, k: listLength });
    const lists = {
      all: new Uint32Array(new Uint8Array(await readFile(`${keep}.lists.all`)).buffer),
      new: new Uint32Array(new Uint8Array(await readFile(`${keep}.lists.new`)).buffer),
    };
    const place = new Map(known.map((id, at) => [id, at]));
    const stranger = popularity.fit(interactions, log);
    const ids = [...interactions.items];
    return (userId, k, task) => {
      const at = place.get(userId);
      if (at === undefined) return stranger(userId, k, task);
      return Array.from(lists[task].subarray(at * listLength, at * listLength + k), (row) => ids[row]);
    };
  };
  return {
    name: "EASE",
    isSeeded: false,
    async *candidates(part) {
      await load(part);
      for (const regularization of easeRegularizations) {
        yield {
          label: `λ ${regularization}`,
          recommend: await rank(part, regularization),
          again: async (other) => {
            await load(other);
            return rank(other, regularization);
          },
        };
      }
    },
  };
}

const implicitRank = 128;
const iterationsMax = 12;

function implicit(peer: Peer, keep: string, threads: number): Contender {
  return {
    name: "implicit",
    isSeeded: true,
    async *candidates(part) {
      for (const [alpha, regularization, halfLife] of product(
        [50, 6.7, 1.7, 0.5],
        [1, 10, 100],
        [Infinity, 60],
      )) {
        const learn = async (on: Judge, seed: number): Promise<void> => {
          await loadMatrix(peer, on.forgetting(halfLife), keep);
          const settings = { factors: implicitRank, alpha, regularization, iterations: iterationsMax };
          await fitImplicit(peer, { ...settings, threads, seed, keep });
        };
        const at = async ({ interactions }: Judge, iteration: number): Promise<Recommend> =>
          recommendByFactors(
            interactions,
            await readFactors(keep, interactions, implicitRank, iteration - 1),
          );
        await learn(part, 1);
        for (const iteration of [2, 4, 6, 9, iterationsMax]) {
          yield {
            label: `α ${alpha}, λ ${regularization}, half-life ${halfLife} days, ${iteration} iterations`,
            recommend: await at(part, iteration),
            again: async (other, seed) => {
              await learn(other, seed);
              return at(other, iteration);
            },
          };
        }
      }
    },
  };
}

/** Every combination, the last one turning fastest. */
function product(...axes: readonly (readonly number[])[]): number[][] {
  return axes.reduce<number[][]>(
    (before, axis) => before.flatMap((some) => axis.map((value) => [...some, value])),
    [[]],
  );
}
