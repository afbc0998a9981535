import type { HeldOut, Task } from "./held-out.ts";

/**
 * Items by falling popularity (users in the fitted part): the head makes the first third of all interactions,
 * the middle the second, the tail the last; an item that the fitted part never saw is of the tail.
 */
const popularityBands = ["head", "middle", "tail"] as const;
type PopularityBand = (typeof popularityBands)[number];

/** By cutoff also `share@K`, of the rows shown, and `recall@K`, of the band's relevant pairs. */
type BandFigures = Readonly<Record<string, number>> & {
  /** fitted items of the band */
  readonly items: number;
  /** relevant pairs whose item is of the band */
  readonly relevant: number;
};
export type PopularityBreakdown = Readonly<Record<PopularityBand, BandFigures>>;

/** (fittedItemCount): 0 head, 1 middle, 2 tail. */
export function bandsOf(userCounts: Uint32Array): Uint8Array {
  const order = Uint32Array.from(userCounts.keys()).sort((a, b) => userCounts[b] - userCounts[a] || a - b);
  const total = userCounts.reduce((sum, count) => sum + count, 0);
  const bands = new Uint8Array(userCounts.length);
  let before = 0;
  for (const item of order) {
    bands[item] = Math.min(2, Math.floor((3 * before) / Math.max(1, total)));
    before += userCounts[item];
  }
  return bands;
}

/**
 * What the lists are made of, whoever gets them. Sums are kept by rank, so that every cutoff reads a prefix.
 *
 * - coverage@K: distinct items shown ÷ items of the fitted part
 * - novelty@K: mean over rows shown of -log2(popularity share), in bits; the share is the item's users ÷ all
 *   pairs, and an item without any counts as having one (Zhou et al. 2010)
 * - popular-share@K: rows shown that are of the head
 */
export class ListTally {
  readonly #ks: readonly number[];
  readonly #fittedItemCount: number;
  readonly #bands: Uint8Array;
  /** (fittedItemCount): -log2 of the popularity share */
  readonly #surprise: Float64Array;
  readonly #surpriseUnseen: number;
  /** (fittedItemCount): best rank index at which an item was shown to anyone */
  readonly #bestRank: Uint32Array;
  /** (ranks) each */
  readonly #surpriseAt: Float64Array;
  /** (bands × ranks) each */
  readonly #rowsAt: Float64Array;
  readonly #hitsAt: Float64Array;
  readonly #relevant = new Float64Array(popularityBands.length);

  constructor({ fittedItemCount, userCounts, items, relevant }: HeldOut, task: Task, ks: readonly number[]) {
    const rankCount = ks[ks.length - 1];
    const pairCount = Math.max(
      1,
      userCounts.reduce((sum, count) => sum + count, 0),
    );
    this.#ks = ks;
    this.#fittedItemCount = fittedItemCount;
    this.#bands = new Uint8Array(items.count).fill(2);
    this.#bands.set(bandsOf(userCounts));
    this.#surprise = Float64Array.from(userCounts, (count) => Math.log2(pairCount / Math.max(1, count)));
    this.#surpriseUnseen = Math.log2(pairCount);
    this.#bestRank = new Uint32Array(fittedItemCount).fill(rankCount);
    this.#surpriseAt = new Float64Array(rankCount);
    this.#rowsAt = new Float64Array(popularityBands.length * rankCount);
    this.#hitsAt = new Float64Array(popularityBands.length * rankCount);
    for (const item of relevant[task].items) this.#relevant[this.#bands[item]]++;
  }

  /** `rows` are the list's items (-1: known to neither part), `hits` is aligned and may be longer. */
  add(rows: Int32Array, hits: Uint8Array): void {
    const rankCount = this.#surpriseAt.length;
    for (let rank = 0; rank < rows.length; rank++) {
      const item = rows[rank];
      const isFitted = item >= 0 && item < this.#fittedItemCount;
      const cell = (item < 0 ? 2 : this.#bands[item]) * rankCount + rank;
      this.#rowsAt[cell]++;
      this.#hitsAt[cell] += hits[rank];
      this.#surpriseAt[rank] += isFitted ? this.#surprise[item] : this.#surpriseUnseen;
      if (isFitted && rank < this.#bestRank[item]) this.#bestRank[item] = rank;
    }
  }

  figures(): Record<string, number> {
    return Object.fromEntries(
      this.#ks.flatMap((k) => {
        const shown = this.#bestRank.reduce((count, rank) => count + (rank < k ? 1 : 0), 0);
        const rows = this.#rowCount(k);
        return [
          [`coverage@${k}`, ratio(shown, this.#fittedItemCount)],
          [`novelty@${k}`, ratio(sumTo(this.#surpriseAt, 0, k), rows)],
          [`popular-share@${k}`, ratio(this.#bandSum(this.#rowsAt, 0, k), rows)],
        ];
      }),
    );
  }

  byPopularity(): PopularityBreakdown {
    const bandFigures = (band: number): BandFigures => ({
      items: this.#bands.subarray(0, this.#fittedItemCount).filter((of) => of === band).length,
      relevant: this.#relevant[band],
      ...Object.fromEntries(
        this.#ks.flatMap((k) => [
          [`share@${k}`, ratio(this.#bandSum(this.#rowsAt, band, k), this.#rowCount(k))],
          [`recall@${k}`, ratio(this.#bandSum(this.#hitsAt, band, k), this.#relevant[band])],
        ]),
      ),
    });
    return { head: bandFigures(0), middle: bandFigures(1), tail: bandFigures(2) };
  }

  #rowCount(k: number): number {
    return popularityBands.reduce((sum, _, band) => sum + this.#bandSum(this.#rowsAt, band, k), 0);
  }

  #bandSum(sums: Float64Array, band: number, k: number): number {
    return sumTo(sums, band * this.#surpriseAt.length, k);
  }
}

function sumTo(values: Float64Array, from: number, count: number): number {
  return values.subarray(from, from + count).reduce((sum, value) => sum + value, 0);
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
