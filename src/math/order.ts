const digitBits = 11;
const digitCount = 2 ** digitBits;

/**
 * (keys): the places of the largest key, the second largest …; of equals the first comes first. Least significant
 * digit radix sort in three passes, since a comparator takes most of a second for a million keys.
 * @param keys (keys): whole numbers or f32, none negative and none NaN
 */
export function fallingOrder(keys: Uint32Array | Float32Array): Uint32Array {
  // The bits of floats that are not negative are ordered as the floats are.
  const bits =
    keys instanceof Uint32Array ? keys : new Uint32Array(keys.buffer, keys.byteOffset, keys.length);
  let order = Uint32Array.from(keys.keys());
  let sorted = new Uint32Array(keys.length);
  const starts = new Uint32Array(digitCount + 1);
  for (let shift = 0; shift < 32; shift += digitBits) {
    starts.fill(0);
    for (let at = 0; at < bits.length; at++) starts[fallingDigit(bits[at], shift) + 1]++;
    for (let digit = 0; digit < digitCount; digit++) starts[digit + 1] += starts[digit];
    for (let at = 0; at < order.length; at++) {
      sorted[starts[fallingDigit(bits[order[at]], shift)]++] = order[at];
    }
    [order, sorted] = [sorted, order];
  }
  return order;
}

function fallingDigit(bits: number, shift: number): number {
  return (~bits >>> shift) & (digitCount - 1);
}
