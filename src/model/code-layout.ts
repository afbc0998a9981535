import { alignUp } from "../tensors/header.ts";

/** Items of a block, which share a scale and the bounds of their errors. */
export const blockRows = 64;
/** Items whose first dimensions lie together. */
const tileRows = 16;
/** Bytes from four of a tile's dimensions to the next four. */
export const fourOfTile = tileRows * 4;
/** f32 of a block: scale, largest and least norm, and what `encodeItems` calls A₁, B₁, A₂, B₂. */
export const blockFloats = 8;
/** A code of 0: codes are stored as 1…127, since relaxed SIMD multiplies by seven bits without a sign. */
export const codeZero = 64;
/** How many bytes an item takes in either plane of codes. */
export interface CodePlan {
  readonly rank: number;
  /** how many of the first dimensions stand in the first plane */
  readonly prefixRank: number;
  /** bytes an item in the first plane: its dimensions, zeros up to a multiple of 4, and last its rest's norm */
  readonly prefixBytes: number;
  /** bytes an item in the second plane: the other dimensions, up to a multiple of 4 */
  readonly restBytes: number;
  /** `blockRows` × as many blocks as the items take */
  readonly paddedCount: number;
}

/**
 * A quarter of the dimensions, at least 15, decides most items where they are principal axes (docs/experiments.md).
 */
export function planCodes(rank: number, itemCount: number): CodePlan {
  const prefixBytes = upToFour(rank <= 15 ? rank + 1 : Math.max(16, rank / 4));
  const prefixRank = Math.min(rank, prefixBytes - 1);
  return {
    rank,
    prefixRank,
    prefixBytes,
    restBytes: upToFour(rank - prefixRank),
    paddedCount: Math.ceil(itemCount / blockRows) * blockRows,
  };
}

function upToFour(size: number): number {
  return Math.ceil(size / 4) * 4;
}

/** The 8-bit copy of item factors that the first passes of top-K read, items in order of falling norm. */
export interface Codes {
  /** (items): place → row */
  readonly rows: Uint32Array;
  /** (padded / 16, prefixBytes / 4, 16, 4): of 16 items their first four dimensions, then the next four … */
  readonly prefix: Uint8Array;
  /** (padded / 4, restBytes / 4, 4, 4): of 4 items their first four dimensions past the prefix, then the next … */
  readonly rest: Uint8Array;
  /** (padded / 64, blockFloats) */
  readonly blocks: Float32Array;
}

/** Elements of each array of `Codes`. */
export function codeSizes(
  { prefixBytes, restBytes, paddedCount }: CodePlan,
  itemCount: number,
): Record<keyof Codes, number> {
  return {
    rows: itemCount,
    prefix: paddedCount * prefixBytes,
    rest: paddedCount * restBytes,
    blocks: (paddedCount / blockRows) * blockFloats,
  };
}

/** Where each array of `Codes` begins when they lie one after the other on 64 bytes, and where they end. */
export function codeOffsets(
  plan: CodePlan,
  itemCount: number,
  from: number,
): Record<keyof Codes | "end", number> {
  const sizes = codeSizes(plan, itemCount);
  const rows = alignUp(from);
  const prefix = alignUp(rows + sizes.rows * 4);
  const rest = alignUp(prefix + sizes.prefix);
  const blocks = alignUp(rest + sizes.rest);
  return { rows, prefix, rest, blocks, end: alignUp(blocks + sizes.blocks * 4) };
}

/** The arrays of `Codes` at those places of a buffer. */
export function codesAt(buffer: ArrayBuffer, plan: CodePlan, itemCount: number, from: number): Codes {
  const sizes = codeSizes(plan, itemCount);
  const offsets = codeOffsets(plan, itemCount, from);
  return {
    rows: new Uint32Array(buffer, offsets.rows, sizes.rows),
    prefix: new Uint8Array(buffer, offsets.prefix, sizes.prefix),
    rest: new Uint8Array(buffer, offsets.rest, sizes.rest),
    blocks: new Float32Array(buffer, offsets.blocks, sizes.blocks),
  };
}

export function blockCountOf({ blocks }: Codes): number {
  return blocks.length / blockFloats;
}

/** Where in `Codes.prefix` byte k of the item at a place lies. */
export function prefixAt(place: number, k: number, { prefixBytes }: CodePlan): number {
  const tile = Math.floor(place / tileRows);
  return tile * tileRows * prefixBytes + (k >> 2) * fourOfTile + (place % tileRows) * 4 + (k & 3);
}

/** Where in `Codes.rest` byte k of the item at a place lies. */
export function restAt(place: number, k: number, { restBytes }: CodePlan): number {
  return Math.floor(place / 4) * 4 * restBytes + (k >> 2) * 16 + (place % 4) * 4 + (k & 3);
}
