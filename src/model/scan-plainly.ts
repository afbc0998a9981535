import {
  blockCountOf,
  blockFloats,
  blockRows,
  type CodePlan,
  type Codes,
  prefixAt,
  restAt,
} from "./code-layout.ts";
import { isSet } from "./place-mask.ts";
import type { QueryCodes } from "./query-codes.ts";

/** Which blocks a scan looks at, and how. */
export interface ScanOrder {
  readonly fromBlock: number;
  readonly toBlock: number;
  /** the threshold is per norm of the item: a cosine times the query's norm */
  readonly isPerNorm: boolean;
  /** stops after the block with which less than a block's room is left */
  readonly foundMax: number;
  /** two words a block from `fromBlock` on, a bit per place: what is 0 is left out. Absent: nothing is */
  readonly visible?: Uint32Array | undefined;
}

/** How many items each stage looked at, for whoever wants to know. */
export interface ScanTally {
  /** items whose first dimensions were looked at */
  prefixes: number;
  /** those of them whose other dimensions were */
  wholes: number;
  /** those of them that were to be scored exactly */
  scored: number;
}

/** Beyond every dot product of codes. */
const dotMax = 2 ** 30;

/**
 * The specification of the kernel's `scan`: writes the places of items that can reach the query's threshold by the
 * bounds of `encodeItems` to `into` and returns how many; `query.nextBlock` says where to go on. Blocks fall in norm,
 * so the first one whose largest norm cannot reach the threshold ends it, or for cosines the first one of zeros.
 */
export function scanPlainly(
  { codes, plan }: { codes: Codes; plan: CodePlan },
  query: QueryCodes,
  into: Uint32Array,
  { fromBlock, toBlock, isPerNorm, foundMax, visible }: ScanOrder,
  tally?: ScanTally,
): number {
  const { norm, prefixNorm, error, prefixError, unit, prefixBias, bias, threshold } = query.head;
  const blockCount = blockCountOf(codes);
  const itemCount = codes.rows.length;
  let found = 0;
  for (let block = fromBlock; block < toBlock; block++) {
    const [scale, largest, least, a1, b1, a2, b2] = codes.blocks.subarray(block * blockFloats);
    if (isPerNorm ? largest === 0 : !canReach(norm, largest, threshold)) {
      query.nextBlock = blockCount;
      return found;
    }
    const reach = (isPerNorm ? threshold * least : threshold) - norm * largest * 2 ** -40;
    const step = scale * unit;
    const prefixLeast = leastDot((reach - (prefixError * a1 + prefixNorm * b1) * (1 + 2 ** -40)) / step);
    const wholeLeast = leastDot((reach - (error * a2 + norm * b2) * (1 + 2 ** -40)) / step);
    const end = Math.min((block + 1) * blockRows, itemCount);
    if (tally) tally.prefixes += end - block * blockRows;
    for (let place = block * blockRows; place < end; place++) {
      if (visible && !isSet(visible, place - fromBlock * blockRows)) continue;
      const prefix = dotPrefix(codes, plan, query, place);
      if (prefix < prefixLeast + prefixBias) continue;
      if (tally) tally.wholes++;
      if (dotWhole(codes, plan, query, place, prefix) < wholeLeast + bias) continue;
      if (tally) tally.scored++;
      into[found++] = place;
    }
    if (found + blockRows > foundMax) {
      query.nextBlock = block + 1;
      return found;
    }
  }
  query.nextBlock = toBlock;
  return found;
}

/** Norms are sorted as f32, so a later block's may be larger than this one's by its rounding. */
export function canReach(norm: number, largest: number, threshold: number): boolean {
  return norm * largest * (1 + 2 ** -20) >= threshold;
}

function leastDot(quotient: number): number {
  return Math.floor(Math.min(dotMax, Math.max(-dotMax, quotient))) - 1;
}

function dotPrefix({ prefix }: Codes, plan: CodePlan, { codes }: QueryCodes, place: number): number {
  let dot = 0;
  for (let k = 0; k < plan.prefixBytes; k++) dot += codes[k] * prefix[prefixAt(place, k, plan)];
  return dot;
}

/** The rest's norm, which the prefix counts, is taken off again. */
function dotWhole(codes: Codes, plan: CodePlan, query: QueryCodes, place: number, prefix: number): number {
  const last = plan.prefixBytes - 1;
  let dot = prefix - query.codes[last] * codes.prefix[prefixAt(place, last, plan)];
  for (let k = 0; k < plan.restBytes; k++) {
    dot += query.codes[plan.prefixBytes + k] * codes.rest[restAt(place, k, plan)];
  }
  return dot;
}

/** The specification of the kernel's `dots`: the dot products of whole items' codes with a query's, place by place. */
export function dotsPlainly(
  { codes, plan }: { readonly codes: Codes; readonly plan: CodePlan },
  query: QueryCodes,
  into: Int32Array,
  { fromBlock, toBlock }: { readonly fromBlock: number; readonly toBlock: number },
): void {
  const first = fromBlock * blockRows;
  for (let place = first; place < toBlock * blockRows; place++) {
    into[place - first] = dotWhole(codes, plan, query, place, dotPrefix(codes, plan, query, place));
  }
}
