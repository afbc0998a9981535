import { fallingOrder } from "../math/order.ts";
import type { Model } from "../model/model.ts";
import { type RankedRows, TopRows } from "../model/top-rows.ts";

/** What may bend a ranking, each from 0, not at all, to 1. */
export interface Influences {
  /** at 1 only how many took an item counts */
  readonly popularityInfluence?: number | undefined;
  /** at 1 only how new an item is counts */
  readonly freshnessInfluence?: number | undefined;
  /** how much an item sinks each time that it is shown and not clicked: it keeps 1 − rate of its standing */
  readonly rotationRate?: number | undefined;
  /** rows shown and not clicked, and how often */
  readonly shown?: ReadonlyMap<number, number> | undefined;
  /** (items): epoch seconds since which an item is there, 0 where nobody knows; by default its first event */
  readonly bornAt?: Uint32Array | undefined;
}

/** A ranking before anything bends it. */
export interface Scored {
  /** the k best rows that the mask, (items), leaves */
  top(k: number, mask: Uint8Array): RankedRows;
  /** aligned with `rows` */
  scores(rows: Uint32Array): Float64Array;
  /** the same without what a shop adds to rank by: what is told, since reasons sum to it */
  told({ rows, scores }: RankedRows): Float64Array;
}

export interface InfluencedRows extends RankedRows {
  /** falling, aligned with `rows`: what they are ordered by, about 0 to 1; `scores` stay what they were */
  readonly utilities: Float64Array;
}

/** Days after which an item counts as half as fresh. */
const freshHalfLifeDays = 30;
const daySeconds = 86_400;
const depthMin = 256;

export function areInfluenced({
  popularityInfluence = 0,
  freshnessInfluence = 0,
  rotationRate = 0,
  shown,
}: Influences): boolean {
  return popularityInfluence > 0 || freshnessInfluence > 0 || (rotationRate > 0 && (shown?.size ?? 0) > 0);
}

/**
 * The k rows of the largest utility:
 *     (1 − p)(1 − f) score ÷ best score + p log(1 + users) ÷ log(1 + most users) + f 2^(−age ÷ 30 days),
 * times (1 − rotation)^(times shown). Candidates are the 256 best of each of the three lists, or 4 k where that is more:
 * who is neither among the best for a user nor among the most popular or newest answers none of the three questions, and
 * reading on until nothing better can come (Fagin, Lotem and Naor 2003) takes many scans, since most items are about as
 * fresh as each other. Rotation alone only lowers rows: there the list is read on until that is proven.
 */
export function topInfluenced(
  model: Model,
  scored: Scored,
  influences: Influences,
  { k, mask }: { readonly k: number; readonly mask: Uint8Array },
): InfluencedRows {
  const bend = new Bend(model, influences);
  for (let depth = Math.max(depthMin, 4 * k); ; depth *= 4) {
    const personal = scored.top(Math.min(depth, model.itemCount), mask);
    bend.bestScore = personal.scores[0] ?? 1;
    const others = bend.lists.map((list) => firstVisible(list.rows, mask, depth));
    const found = bend.best(personal, scored, others.flat(), k);
    const isAll = personal.rows.length < depth;
    const isLast = others.length > 0;
    if (isAll || isLast || found.utilities.length === 0) return found;
    const below = bend.bound(
      personal.scores[personal.scores.length - 1],
      others.map((rows) => rows[rows.length - 1]),
    );
    if (found.utilities.length === k && found.utilities[k - 1] > below) return found;
  }
}

/** The same for the rows of a list, which are all that there is to choose from. */
export function bendRows(model: Model, { rows, scores }: RankedRows, influences: Influences): InfluencedRows {
  const bend = new Bend(model, influences);
  bend.bestScore = scores[0] ?? 1;
  const at = new Map(Array.from(rows, (row, place) => [row, scores[place]]));
  const scored = { top: () => ({ rows, scores }), scores: () => new Float64Array(0), told: () => scores };
  const found = bend.best({ rows, scores }, scored, [], rows.length);
  return { ...found, scores: Float64Array.from(found.rows, (row) => at.get(row) ?? 0) };
}

interface WeightedList {
  readonly weight: number;
  /** every row, the largest value first */
  readonly rows: Uint32Array;
  value(row: number): number;
}

class Bend {
  readonly lists: readonly WeightedList[];
  /** what scores are divided by */
  bestScore = 1;
  readonly #scoreWeight: number;
  readonly #influences: Influences;

  constructor(model: Model, influences: Influences) {
    const { popularityInfluence = 0, freshnessInfluence = 0 } = influences;
    this.#influences = influences;
    this.#scoreWeight = (1 - popularityInfluence) * (1 - freshnessInfluence);
    this.lists = [
      ...(popularityInfluence > 0 ? [popularityList(model, popularityInfluence)] : []),
      ...(freshnessInfluence > 0 ? [freshnessList(model, influences.bornAt, freshnessInfluence)] : []),
    ];
  }

  /** The k best of the personal rows and of those that the lists add. */
  best(personal: RankedRows, scored: Scored, added: readonly number[], k: number): InfluencedRows {
    const scores = new Map(Array.from(personal.rows, (row, at) => [row, personal.scores[at]]));
    const missing = Uint32Array.from(new Set(added.filter((row) => !scores.has(row))));
    const missingScores = scored.scores(missing);
    missing.forEach((row, at) => {
      scores.set(row, missingScores[at]);
    });
    const top = new TopRows(Math.min(k, scores.size));
    for (const [row, score] of scores) top.offer(row, this.#utility(row, score));
    const { rows, scores: utilities } = top.take();
    return { rows, utilities, scores: Float64Array.from(rows, (row) => scores.get(row) ?? 0) };
  }

  /** What a row can reach at most that stands below these in every list. */
  bound(score: number, lastOfLists: readonly number[]): number {
    return this.#sum(score, (list, at) => list.value(lastOfLists[at]));
  }

  #utility(row: number, score: number): number {
    const utility = this.#sum(score, (list) => list.value(row));
    const { rotationRate = 0, shown } = this.#influences;
    const times = shown?.get(row) ?? 0;
    return utility > 0 && times > 0 ? utility * (1 - rotationRate) ** times : utility;
  }

  #sum(score: number, of: (list: WeightedList, at: number) => number): number {
    const personal = this.#scoreWeight * (this.bestScore > 0 ? score / this.bestScore : score);
    return this.lists.reduce((sum, list, at) => sum + list.weight * of(list, at), personal);
  }
}

function popularityList(model: Model, weight: number): WeightedList {
  const { all } = model.popularity;
  const most = Math.log1p(all[model.popularRows[0]] ?? 0) || 1;
  return { weight, rows: model.popularRows, value: (row) => Math.log1p(all[row]) / most };
}

function freshnessList(model: Model, born: Uint32Array | undefined, weight: number): WeightedList {
  const bornAt = born ?? model.itemTables.firstSeen;
  return { weight, rows: newestFirst(bornAt), value: (row) => freshness(bornAt[row], model.now) };
}

/** 1 for an item of *now* or later, half of it a month before, 0 where nobody knows. */
export function freshness(bornAt: number, now: number): number {
  if (bornAt === 0) return 0;
  return 2 ** (-Math.max(0, now - bornAt) / daySeconds / freshHalfLifeDays);
}

const orders = new WeakMap<Uint32Array, Uint32Array>();

/** Kept with the column, which belongs to a model or a catalogue. */
function newestFirst(bornAt: Uint32Array): Uint32Array {
  const order = orders.get(bornAt) ?? fallingOrder(bornAt);
  orders.set(bornAt, order);
  return order;
}

function firstVisible(rows: Uint32Array, mask: Uint8Array, count: number): number[] {
  const found: number[] = [];
  for (let at = 0; at < rows.length && found.length < count; at++) {
    if (!mask[rows[at]]) found.push(rows[at]);
  }
  return found;
}
