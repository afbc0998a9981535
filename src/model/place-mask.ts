import { blockCountOf, blockRows, type Codes } from "./code-layout.ts";

export const wordsPerBlock = blockRows / 32;
/** Where so few are visible, they are listed as well. */
const listedMax = 128;

/**
 * The items that a filter leaves, by their places among the codes. Made once for a filter, it lets a search pass over
 * what lies between them.
 */
export interface PlaceMask {
  readonly visibleCount: number;
  /** (blocks × 2): a bit per place, 1 where its item is visible; 0 past the last item */
  readonly words: Uint32Array;
  /** rising places of all that is visible, where that is little */
  readonly listed: Uint32Array | undefined;
}

/** @param hidden (items): another value than 0 where an item is filtered out */
export function maskPlaces(codes: Codes, hidden: Uint8Array): PlaceMask {
  const { rows } = codes;
  const words = new Uint32Array(blockCountOf(codes) * wordsPerBlock);
  let visibleCount = 0;
  for (let place = 0; place < rows.length; place++) {
    if (hidden[rows[place]] !== 0) continue;
    words[place >> 5] |= 1 << (place & 31);
    visibleCount++;
  }
  return {
    visibleCount,
    words,
    listed: visibleCount > listedMax ? undefined : placesOf(words, visibleCount),
  };
}

/** (visible): rising places. */
export function visiblePlaces({ words, visibleCount, listed }: PlaceMask): Uint32Array {
  return listed ?? placesOf(words, visibleCount);
}

export function isSet(words: Uint32Array, place: number): boolean {
  return ((words[place >> 5] >>> (place & 31)) & 1) === 1;
}

function placesOf(words: Uint32Array, count: number): Uint32Array {
  const places = new Uint32Array(count);
  let found = 0;
  words.forEach((word, at) => {
    for (let bits = word; bits !== 0; bits &= bits - 1)
      places[found++] = at * 32 + 31 - Math.clz32(bits & -bits);
  });
  return places;
}
