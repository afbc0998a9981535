import { alignUp } from "../tensors/header.ts";
import { type Codes, codeOffsets, codesAt, planCodes } from "./code-layout.ts";
import { encodeRows } from "./codes.ts";
import { type PlaceMask, visiblePlaces } from "./place-mask.ts";
import { openScan, type Scan, type ScanOptions, scratchBytes } from "./scan.ts";

/** Filters that leave at most this part of the items are worth it. */
const visibleShare = 1 / 32;
/** The part of the items whose codes are kept, of all filters together. */
const keptShare = 1 / 8;
const keptMin = 4096;
/** Gathering costs about as much as so many searches without it. */
const searchesBefore = 4;
const pageBytes = 65_536;

/** What a filter leaves, as a small table of its own. */
export interface Gathered {
  readonly codes: Codes;
  readonly scan: Scan;
}

interface Ask {
  searches: number;
  /** in which turn of the memory it was gathered */
  turn: number;
  gathered: Gathered | undefined;
}

/**
 * Codes of what selective filters leave, each filter's together, in order of norm and with scales and bounds of their
 * own: a search for a filter that comes again passes over nothing. They lie in one memory of bounded size; when it is
 * full it begins anew, and filters are gathered again as they come.
 */
export class GatheredCodes {
  readonly #factors: Float32Array;
  readonly #rank: number;
  readonly #rows: Uint32Array;
  readonly #options: ScanOptions;
  readonly #asks = new WeakMap<PlaceMask, Ask>();
  #memory: WebAssembly.Memory | undefined;
  #turn = 0;
  #end = alignUp(scratchBytes);

  /** @param factors (items, rank), row-major; `codes.rows` is their order by norm */
  constructor(
    { factors, rank, codes }: { factors: Float32Array; rank: number; codes: Codes },
    options: ScanOptions,
  ) {
    this.#factors = factors;
    this.#rank = rank;
    this.#rows = codes.rows;
    this.#options = options;
  }

  /** What this mask leaves, gathered; `undefined` where it leaves much, or has not been asked for often. */
  of(mask: PlaceMask): Gathered | undefined {
    if (mask.visibleCount > this.#rows.length * visibleShare) return undefined;
    const ask = this.#asks.get(mask) ?? { searches: 0, turn: this.#turn, gathered: undefined };
    if (ask.searches === 0) this.#asks.set(mask, ask);
    if (ask.gathered && ask.turn !== this.#turn) Object.assign(ask, { searches: 0, gathered: undefined });
    if (ask.gathered === undefined && ++ask.searches > searchesBefore) {
      ask.gathered = this.#gather(mask);
      ask.turn = this.#turn;
    }
    return ask.gathered;
  }

  #gather(mask: PlaceMask): Gathered {
    const count = mask.visibleCount;
    const plan = planCodes(this.#rank, count);
    const { buffer } = this.#open();
    if (codeOffsets(plan, count, this.#end).end > buffer.byteLength) {
      this.#turn++;
      this.#end = alignUp(scratchBytes);
    }
    const codes = codesAt(buffer, plan, count, this.#end);
    this.#end = codeOffsets(plan, count, this.#end).end;
    codes.rows.set(visiblePlaces(mask).map((place) => this.#rows[place]));
    encodeRows(this.#factors, plan, codes);
    const scan = openScan({ codes, plan, memory: this.#open(), scratchOffset: 0 }, this.#options);
    return { codes, scan };
  }

  #open(): WebAssembly.Memory {
    if (this.#memory === undefined) {
      const rowsMax = Math.max(keptMin, Math.ceil(this.#rows.length * keptShare));
      const { end } = codeOffsets(planCodes(this.#rank, rowsMax), rowsMax, alignUp(scratchBytes));
      this.#memory = new WebAssembly.Memory({ initial: Math.ceil(end / pageBytes) });
    }
    return this.#memory;
  }
}
