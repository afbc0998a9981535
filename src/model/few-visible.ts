import { blockFloats, blockRows, type Codes } from "./code-layout.ts";
import type { Offers } from "./offers.ts";
import { canReach } from "./scan-plainly.ts";
import type { RankedRows } from "./top-rows.ts";

/** Items of which so many are looked at to tell how many are visible. */
const sampleCount = 256;
/** Where at most this part of the sample is visible, scoring the visible ones is faster than a scan of the codes. */
const fewShare = 1 / 16;
/** The part of the places that is worth a look in order of norm before the rows are gone through instead. */
const orderedShare = 1 / 8;

/** Whether a filter leaves so little that it should come first. `hidden` is (items). */
export function areFewVisible(hidden: Uint8Array): boolean {
  if (hidden.length < sampleCount * 4) return false;
  const step = Math.floor(hidden.length / sampleCount);
  let visible = 0;
  for (let at = 0; at < sampleCount; at++) if (hidden[at * step] === 0) visible++;
  return visible <= sampleCount * fewShare;
}

/**
 * The best visible rows, each scored without a look at its codes: in order of norm as long as norms can end the search
 * soon, else row after row. `open` begins a search; `norm` is the query's, absent where scores are no dot products
 * with it.
 */
export function topOfFew(codes: Codes, hidden: Uint8Array, open: () => Offers, norm?: number): RankedRows {
  const inOrder = norm === undefined ? undefined : offerByNorm(codes, open(), norm);
  if (inOrder) return inOrder.take();
  const offers = open();
  const words = wordsOf(hidden);
  for (let word = 0; word < words.length; word++) {
    if (words[word] === fourHidden) continue;
    for (let row = word * 4; row < word * 4 + 4; row++) offers.add(row);
  }
  for (let row = words.length * 4; row < hidden.length; row++) offers.add(row);
  return offers.take();
}

/** The best of rising places, which is in order of norm; every so many of them norms may end the search. */
export function topOfPlaces(codes: Codes, places: Uint32Array, offers: Offers, norm?: number): RankedRows {
  const { rows, blocks } = codes;
  for (let at = 0; at < places.length; at++) {
    if (norm !== undefined && at % placesBetween === 0) {
      const largest = blocks[Math.floor(places[at] / blockRows) * blockFloats + 1];
      if (!canReach(norm, largest, offers.scanThreshold)) break;
    }
    offers.add(rows[places[at]]);
  }
  return offers.take();
}

const placesBetween = 32;
const fourHidden = 0x01010101;

/** Four at a time where the alignment allows it, none where not. */
function wordsOf(bytes: Uint8Array): Uint32Array {
  const isAligned = bytes.byteOffset % 4 === 0;
  return new Uint32Array(bytes.buffer, isAligned ? bytes.byteOffset : 0, isAligned ? bytes.length >> 2 : 0);
}

/** Undefined where norms do not end the search before it is no longer worth it. */
function offerByNorm({ rows, blocks }: Codes, offers: Offers, norm: number): Offers | undefined {
  const end = rows.length * orderedShare;
  for (let from = 0; from < rows.length; from += blockRows) {
    const largest = blocks[(from / blockRows) * blockFloats + 1];
    if (!canReach(norm, largest, offers.scanThreshold)) return offers;
    if (from > end) return undefined;
    for (let place = from; place < Math.min(from + blockRows, rows.length); place++) offers.add(rows[place]);
  }
  return offers;
}
