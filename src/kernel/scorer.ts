/**
 * The first passes of exact top-K: which items can still reach a threshold, by 8-bit codes. `scan-plainly.ts` of the
 * model specifies it, `codes.ts` proves its bounds and lays the arrays out.
 *
 * query   head, next and vectors as `QueryCodes` says; 8-bit vectors with relaxed SIMD, 16-bit without
 * prefix  (tiles, prefixVectors, 16 items, 4) u8, from 0 to 127
 * rest    (groups, restVectors, 4 items, 4) u8, from 0 to 127
 * blocks  (blocks, 8) f32
 * into    (foundMax) u32: places, ascending; the result is how many
 * visible (toBlock - fromBlock) u64, a bit per place: what is 0 is left out; at address 0 nothing is
 */
export function scan(
  query: usize,
  prefix: usize,
  rest: usize,
  blocks: usize,
  into: usize,
  fromBlock: u32,
  toBlock: u32,
  blockCount: u32,
  itemCount: u32,
  prefixVectors: u32,
  restVectors: u32,
  isPerNorm: u32,
  foundMax: u32,
  visible: usize,
): u32 {
  const norm = load<f64>(query, 8);
  const tileBytes: usize = usize(prefixVectors) << 6;
  let found: u32 = 0;
  for (let block = fromBlock; block < toBlock; block++) {
    const bounds = blocks + (usize(block) << 5);
    const largest = f64(load<f32>(bounds, 4));
    const threshold = load<f64>(query);
    if (isPerNorm ? largest == 0 : norm * largest * (1.0 + 1.0 / 1048576.0) < threshold) {
      store<u32>(query, blockCount, 64);
      return found;
    }
    const bits: u64 = visible ? load<u64>(visible + (usize(block - fromBlock) << 3)) : u64.MAX_VALUE;
    if (!bits) continue;
    const reach = (isPerNorm ? threshold * f64(load<f32>(bounds, 8)) : threshold) - norm * largest * rounding;
    const step = f64(load<f32>(bounds)) * load<f64>(query, 40);
    const prefixBound = load<f64>(query, 32) * f64(load<f32>(bounds, 12)) + load<f64>(query, 16) * f64(load<f32>(bounds, 16));
    const wholeBound = load<f64>(query, 24) * f64(load<f32>(bounds, 20)) + norm * f64(load<f32>(bounds, 24));
    const prefixLeast = i32x4.splat(leastDot((reach - prefixBound * (1.0 + rounding)) / step) + i32(load<f64>(query, 48)));
    const wholeLeast = i32x4.splat(leastDot((reach - wholeBound * (1.0 + rounding)) / step) + i32(load<f64>(query, 56)));
    let place = block << 6;
    const end = place + 64;
    for (let tile = prefix + usize(place >> 4) * tileBytes; place < end; tile += tileBytes) {
      const lanes = u32(bits >> u64(place & 63)) & 0xffff;
      if (lanes) found = scanTile(query + 128, tile, rest, into, place, itemCount, prefixVectors, restVectors, prefixLeast, wholeLeast, found, lanes);
      place += 16;
    }
    if (found + 64 > foundMax) {
      store<u32>(query, block + 1, 64);
      return found;
    }
  }
  store<u32>(query, toBlock, 64);
  return found;
}

/**
 * The dot products of whole items' codes with a query's, place by place, without a look at bounds.
 *
 * into  (64 × blocks) i32
 */
export function dots(
  query: usize,
  prefix: usize,
  rest: usize,
  into: usize,
  fromBlock: u32,
  toBlock: u32,
  prefixVectors: u32,
  restVectors: u32,
): void {
  const tileBytes: usize = usize(prefixVectors) << 6;
  const groupBytes: usize = usize(restVectors) << 4;
  const end = toBlock << 6;
  for (let place = fromBlock << 6; place < end; place += 4) {
    let total = i32x4.splat(0);
    let vector = query + 128;
    // A group's four items stand beside the twelve others of its tile.
    let codes = prefix + usize(place >> 4) * tileBytes + (usize(place & 12) << 2);
    for (let at: u32 = 1; at < prefixVectors; at++) {
      total = addDots(v128.load(vector), codes, total);
      vector += 16;
      codes += 64;
    }
    // The vector after the prefix's last leaves the norm of the rest out.
    vector += 16;
    total = addDots(v128.load(vector), codes, total);
    codes = rest + usize(place >> 2) * groupBytes;
    for (let at: u32 = 0; at < restVectors; at++) {
      vector += 16;
      total = addDots(v128.load(vector), codes, total);
      codes += 16;
    }
    v128.store(into, total);
    into += 16;
  }
}

const rounding: f64 = 1.0 / 1099511627776.0;
const dotMax: f64 = 1073741824;

// @ts-ignore: decorator
@inline
function leastDot(quotient: f64): i32 {
  return i32(Math.floor(Math.min(dotMax, Math.max(-dotMax, quotient)))) - 1;
}

/** Sixteen items: their prefixes, and of each four in which one survives the whole. */
// @ts-ignore: decorator
@inline
function scanTile(
  vectors: usize,
  tile: usize,
  rest: usize,
  into: usize,
  place: u32,
  itemCount: u32,
  prefixVectors: u32,
  restVectors: u32,
  prefixLeast: v128,
  wholeLeast: v128,
  foundBefore: u32,
  visible: u32,
): u32 {
  let a = i32x4.splat(0);
  let b = i32x4.splat(0);
  let c = i32x4.splat(0);
  let d = i32x4.splat(0);
  const lastCodes = tile + (usize(prefixVectors - 1) << 6);
  let vector = vectors;
  for (let codes = tile; codes < lastCodes; codes += 64) {
    const q = v128.load(vector);
    a = addDots(q, codes, a);
    b = addDots(q, codes + 16, b);
    c = addDots(q, codes + 32, c);
    d = addDots(q, codes + 48, d);
    vector += 16;
  }
  const q = v128.load(vector);
  const reachA = i32x4.ge_s(addDots(q, lastCodes, a), prefixLeast);
  const reachB = i32x4.ge_s(addDots(q, lastCodes + 16, b), prefixLeast);
  const reachC = i32x4.ge_s(addDots(q, lastCodes + 32, c), prefixLeast);
  const reachD = i32x4.ge_s(addDots(q, lastCodes + 48, d), prefixLeast);
  let found = foundBefore;
  if (!v128.any_true(v128.or(v128.or(reachA, reachB), v128.or(reachC, reachD)))) return found;
  const group = rest + usize(place >> 2) * (usize(restVectors) << 4);
  const groupBytes = usize(restVectors) << 4;
  const tail = vector + 16;
  if (visible & 0xf && v128.any_true(reachA)) found = scanGroup(tail, lastCodes, group, into, place, itemCount, restVectors, a, reachA, wholeLeast, found, visible);
  if (visible & 0xf0 && v128.any_true(reachB)) found = scanGroup(tail, lastCodes + 16, group + groupBytes, into, place + 4, itemCount, restVectors, b, reachB, wholeLeast, found, visible >> 4);
  if (visible & 0xf00 && v128.any_true(reachC)) found = scanGroup(tail, lastCodes + 32, group + 2 * groupBytes, into, place + 8, itemCount, restVectors, c, reachC, wholeLeast, found, visible >> 8);
  if (visible & 0xf000 && v128.any_true(reachD)) found = scanGroup(tail, lastCodes + 48, group + 3 * groupBytes, into, place + 12, itemCount, restVectors, d, reachD, wholeLeast, found, visible >> 12);
  return found;
}

/** Four items, one of which at least survived its prefix: all their dimensions. */
function scanGroup(
  tail: usize,
  lastCodes: usize,
  group: usize,
  into: usize,
  place: u32,
  itemCount: u32,
  restVectors: u32,
  begun: v128,
  reach: v128,
  wholeLeast: v128,
  foundBefore: u32,
  visible: u32,
): u32 {
  let even = addDots(v128.load(tail), lastCodes, begun);
  let odd = i32x4.splat(0);
  const end = group + (usize(restVectors) << 4);
  let vector = tail + 16;
  let codes = group;
  for (; codes + 32 <= end; codes += 32) {
    even = addDots(v128.load(vector), codes, even);
    odd = addDots(v128.load(vector, 16), codes + 16, odd);
    vector += 32;
  }
  if (codes < end) odd = addDots(v128.load(vector), codes, odd);
  let lanes = visible & i32x4.bitmask(v128.and(reach, i32x4.ge_s(i32x4.add(even, odd), wholeLeast)));
  let found = foundBefore;
  while (lanes) {
    const at = place + ctz(lanes);
    lanes &= lanes - 1;
    if (at >= itemCount) break;
    store<u32>(into + (usize(found) << 2), at);
    found++;
  }
  return found;
}

/** total + the products of four codes of each of four items with the query's, an item a lane. */
// @ts-ignore: decorator
@inline
function addDots(q: v128, codes: usize, total: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) {
    return i32x4.relaxed_dot_i8x16_i7x16_add_s(q, v128.load(codes), total);
  }
  const low = i32x4.dot_i16x8_s(q, v128.load_ext<u8>(codes));
  const high = i32x4.dot_i16x8_s(q, v128.load_ext<u8>(codes, 8));
  const pairs = i32x4.add(
    v128.shuffle<i32>(low, high, 0, 2, 4, 6),
    v128.shuffle<i32>(low, high, 1, 3, 5, 7),
  );
  return i32x4.add(total, pairs);
}
