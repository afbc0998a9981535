import {
  blockCountOf,
  blockFloats,
  blockRows,
  type CodePlan,
  type Codes,
  codeOffsets,
  codesAt,
  planCodes,
} from "./code-layout.ts";
import { encodeItems, largestNorm, normMax, normOf, rankMax } from "./codes.ts";
import { areFewVisible, topOfFew, topOfPlaces } from "./few-visible.ts";
import { GatheredCodes } from "./gathered-codes.ts";
import { type Bonus, type Measure, Offers } from "./offers.ts";
import { maskPlaces, type PlaceMask } from "./place-mask.ts";
import { dotBlocksMax, openScan, type Scan, type ScanOptions, scanBlocksMax, scratchBytes } from "./scan.ts";
import { cosine, nearestPlainly, scoreRows, topKPlainly } from "./score-plainly.ts";
import { type RankedRows, TopRows } from "./top-rows.ts";

export const wasmPageBytes = 65_536;
/** Where in a memory the scorer finds what it reads. The arrays are views on that memory. */
export interface ScorerLayout {
  readonly memory: WebAssembly.Memory;
  /** (items, rank), row-major */
  readonly factors: Float32Array;
  readonly codes: Codes;
  readonly rank: number;
  readonly largestNorm: number;
  /** `scratchBytes` of room, on 64 bytes, after all the arrays */
  readonly scratchOffset: number;
}

/**
 * Exact top-K over the rows of one memory: passes over 8-bit codes keep the rows whose bounds (`encodeItems`) reach the
 * worst score kept so far, and only those are scored, by `scoreRow`. A row that is dropped is below k rows that are
 * kept, so the answer is `topKPlainly`'s to the bit.
 */
export class Scorer {
  readonly #layout: ScorerLayout;
  readonly plan: CodePlan;
  readonly #options: ScanOptions;
  #opened: Scan | undefined;
  #gathered: GatheredCodes | undefined;

  constructor(layout: ScorerLayout, options: ScanOptions = {}) {
    this.#layout = layout;
    this.#options = options;
    this.plan = planCodes(layout.rank, layout.codes.rows.length);
  }

  /**
   * A scorer over a copy of factors, (items, rank) row-major, in a memory of its own.
   * @throws RangeError where one is not finite
   */
  static over(factors: Float32Array, rank: number, options?: ScanOptions): Scorer {
    const largest = largestNorm(factors, rank);
    if (!Number.isFinite(largest)) throw new RangeError("a factor is not finite");
    const itemCount = rank === 0 ? 0 : factors.length / rank;
    const plan = planCodes(rank, itemCount);
    const { end: scratchOffset } = codeOffsets(plan, itemCount, factors.byteLength);
    const memory = new WebAssembly.Memory({
      initial: Math.ceil((scratchOffset + scratchBytes) / wasmPageBytes),
    });
    const { buffer } = memory;
    const codes = codesAt(buffer, plan, itemCount, factors.byteLength);
    const copy = new Float32Array(buffer, 0, factors.length);
    copy.set(factors);
    encodeItems(copy, plan, codes);
    const layout = { memory, factors: copy, codes, rank, scratchOffset, largestNorm: largest };
    return new Scorer(layout, options);
  }

  /** Whether the passes over codes are proven for these factors; without them every row is scored. */
  get usesCodes(): boolean {
    return this.#layout.rank <= rankMax && this.#layout.largestNorm < normMax;
  }

  /** What searches may be given beside `hidden`, so that they need not look at what it hides. */
  maskPlaces(hidden: Uint8Array): PlaceMask {
    return maskPlaces(this.#layout.codes, hidden);
  }

  /**
   * The k rows with the largest scores.
   * @param query (rank); a RangeError where it is not finite
   * @param hidden (items): rows with another value than 0 are not among the answers
   */
  topK(
    query: Float32Array,
    k: number,
    hidden?: Uint8Array,
    { places, bonus }: SearchOptions = {},
  ): RankedRows {
    const { factors, rank } = this.#layout;
    for (let i = 0; i < rank; i++) {
      if (!Number.isFinite(query[i])) throw new RangeError(`element ${i} of a query is ${query[i]}`);
    }
    if (k === 0 || !this.usesCodes) return topKPlainly(query, factors, k, { hidden, bonus });
    return this.#search(
      query,
      k,
      { hidden, places },
      {
        scoreRows: (rows, into) => {
          scoreRows(query, factors, rows, into);
          if (bonus) for (let at = 0; at < rows.length; at++) into[at] += bonus.values[rows[at]];
        },
        unit: 1,
        isPerNorm: false,
        least: -Infinity,
        bonusMax: bonus?.largest ?? 0,
      },
    );
  }

  /** The k other rows with the largest cosine above 0 with a row: the same search for dot products by norm. */
  nearest(item: number, k: number, hidden?: Uint8Array, places?: PlaceMask): RankedRows {
    const { factors, rank } = this.#layout;
    if (k === 0 || !this.usesCodes) return nearestPlainly(item, this.#layout, k, hidden);
    const query = factors.subarray(item * rank, (item + 1) * rank);
    const norm = normOf(query, 0, rank);
    if (norm === 0) return new TopRows(0).take();
    return this.#search(
      query,
      k,
      { hidden, places },
      {
        // Itself, and what points away, is kept out by a score that no row reaches.
        scoreRows: (rows, into) => {
          for (const [at, row] of rows.entries()) {
            into[at] = row === item ? -Infinity : cosine(factors, rank, item, row);
          }
        },
        // The roundings of a cosine are some 2^-40 of it.
        unit: norm * (1 - 2 ** -38),
        isPerNorm: true,
        least: Number.MIN_VALUE,
        bonusMax: 0,
      },
    );
  }

  /**
   * (items): the score of every row, by its codes alone where those are proven, so within what 8 bits leave of it.
   * Costs a pass over the codes.
   * @param query (rank), finite
   */
  roughScores(query: Float32Array): Float64Array {
    const { codes, factors } = this.#layout;
    const scores = new Float64Array(codes.rows.length);
    if (!this.usesCodes) {
      scoreRows(query, factors, Uint32Array.from(scores.keys()), scores);
      return scores;
    }
    const scan = this.#scan;
    scan.query.encode(query);
    const { unit, bias } = scan.query.head;
    const blockCount = blockCountOf(codes);
    for (let block = 0; block < blockCount; block += dotBlocksMax) {
      const dots = scan.dots(block, Math.min(block + dotBlocksMax, blockCount));
      const first = block * blockRows;
      const count = Math.min(dotBlocksMax * blockRows, scores.length - first);
      for (let at = 0; at < count; at++) {
        const scale = codes.blocks[((first + at) >> 6) * blockFloats];
        scores[codes.rows[first + at]] = (dots[at] - bias) * scale * unit;
      }
    }
    return scores;
  }

  #search(query: Float32Array, k: number, { hidden, places }: Left, measure: Measure): RankedRows {
    const { codes } = this.#layout;
    const open = () => new Offers(Math.min(k, codes.rows.length), measure, hidden);
    const norm = () => (measure.isPerNorm ? undefined : normOf(query, 0, query.length));
    if (places?.listed) return topOfPlaces(codes, places.listed, open(), norm());
    if (!places && hidden && areFewVisible(hidden)) return topOfFew(codes, hidden, open, norm());
    this.#gathered ??= new GatheredCodes(this.#layout, this.#options);
    const gathered = places && this.#gathered.of(places);
    const offers = open();
    offerByScan(query, offers, measure, gathered ?? { codes, scan: this.#scan, places });
    return offers.take();
  }

  /** Opened when it is first asked, since a file's codes may still be written when the scorer is made. */
  get #scan(): Scan {
    const { codes, memory, scratchOffset } = this.#layout;
    this.#opened ??= openScan({ codes, plan: this.plan, memory, scratchOffset }, this.#options);
    return this.#opened;
  }
}

/** What of the rows is left to search. */
interface Left {
  readonly hidden: Uint8Array | undefined;
  readonly places: PlaceMask | undefined;
}

export interface SearchOptions {
  /** made of a part of what is hidden: the answer is the same with it and without, and sooner with it */
  readonly places?: PlaceMask | undefined;
  /** added to scores, in f64 */
  readonly bonus?: Bonus | undefined;
}

/** What a scan goes through, and a mask of it. */
interface Scanned {
  readonly codes: Codes;
  readonly scan: Scan;
  readonly places?: PlaceMask | undefined;
}

/** Offers whatever the bounds of its codes let through. */
function offerByScan(
  query: Float32Array,
  offers: Offers,
  { isPerNorm }: Measure,
  { codes, scan, places }: Scanned,
): void {
  scan.query.encode(query);
  const blockCount = blockCountOf(codes);
  // Blocks that are scanned before the threshold is raised: as many as hold one block's worth, then ever more.
  const share = places ? (places.visibleCount + 1) / (blockCount * blockRows) : 1;
  let size = Math.min(Math.ceil(1 / share), scanBlocksMax);
  for (let block = 0; block < blockCount; size = Math.min(size * 2, scanBlocksMax)) {
    scan.query.threshold = offers.scanThreshold;
    const toBlock = Math.min(block + size, blockCount);
    const found = scan.run({ fromBlock: block, toBlock, isPerNorm }, places);
    for (let at = 0; at < found; at++) offers.add(codes.rows[scan.found[at]]);
    block = scan.query.nextBlock;
  }
}
