/**
 * Events summed by (user, item) without a hash table: two stable counting sorts bring the events of a pair
 * together, in the order in which they were read, and one pass sums them.
 */
export interface PairEvents {
  readonly userCount: number;
  readonly itemCount: number;
  /** (events), below userCount */
  readonly user: Uint32Array;
  /** (events), below itemCount */
  readonly item: Uint32Array;
  /** (events): event type */
  readonly type: Uint8Array;
  /** (events): epoch seconds or NaN */
  readonly time: Float64Array;
  /** (events) */
  readonly value: Float32Array;
  /** (event types) */
  readonly weights: Float64Array;
  /** (event types): days, Infinity for none */
  readonly halfLives: Float64Array;
  /** (event types): 0–7 */
  readonly bitOfType: Uint8Array;
  /** epoch seconds to which ages refer */
  readonly now: number;
}

/** Sparse rows (users × items) with what each pair sums to; fields as in `Interactions`. */
export interface PairSums {
  /** (users + 1) */
  readonly starts: Uint32Array;
  /** (pairs) */
  readonly columns: Uint32Array;
  /** (pairs) */
  readonly strength: Float32Array;
  /** (pairs) */
  readonly count: Uint32Array;
  /** (pairs) */
  readonly value: Float32Array;
  /** (pairs) */
  readonly lastTime: Uint32Array;
  /** (pairs) */
  readonly typeBits: Uint8Array;
}

export const secondsPerDay = 86_400;
const lastTimeMax = 0xffffffff;

export function sumPairs(events: PairEvents): PairSums {
  const { user, item } = events;
  const order = countingSort(countingSort(undefined, item, events.itemCount), user, events.userCount);
  const starts = new Uint32Array(events.userCount + 1);
  // No more pairs than events: allocated at that bound, cut to size below.
  const columns = new Uint32Array(order.length);
  const count = new Uint32Array(order.length);
  let pairCount = 0;
  const eventStarts = startsOf(user, events.userCount);
  for (let row = 0; row < events.userCount; row++) {
    for (let place = eventStarts[row]; place < eventStarts[row + 1]; place++) {
      const column = item[order[place]];
      if (pairCount === starts[row] || columns[pairCount - 1] !== column) columns[pairCount++] = column;
      count[pairCount - 1]++;
    }
    starts[row + 1] = pairCount;
  }
  return {
    starts,
    columns: columns.slice(0, pairCount),
    count: count.slice(0, pairCount),
    ...sumRuns(events, order, count.subarray(0, pairCount)),
  };
}

/** `order` is (events): those of one pair together; `count` is (pairs): how many each has. */
function sumRuns(events: PairEvents, order: Uint32Array, count: Uint32Array) {
  const { type, time, value, weights, halfLives, now } = events;
  const strength = new Float32Array(count.length);
  const values = new Float32Array(count.length);
  const lastTime = new Uint32Array(count.length);
  const typeBits = new Uint8Array(count.length);
  for (let pair = 0, from = 0; pair < count.length; from += count[pair++]) {
    let r = 0;
    let worth = 0;
    let last = 0;
    for (let place = from; place < from + count[pair]; place++) {
      const event = order[place];
      const kind = type[event];
      const age = now - time[event];
      // Without a time (NaN) or before any age nothing decays; and 2^0 is not worth a call.
      r +=
        age > 0 && halfLives[kind] < Infinity
          ? weights[kind] * 2 ** (-age / secondsPerDay / halfLives[kind])
          : weights[kind];
      worth += value[event];
      if (time[event] > last) last = time[event];
      typeBits[pair] |= 1 << events.bitOfType[kind];
    }
    strength[pair] = r;
    values[pair] = worth;
    lastTime[pair] = Math.min(last, lastTimeMax);
  }
  return { strength, value: values, lastTime, typeBits };
}

/** `order`, of all places (in turn where undefined), sorted by `keys[order[i]]` < keyCount, equal keys as they stood. */
export function countingSort(
  order: Uint32Array | undefined,
  keys: Uint32Array,
  keyCount: number,
): Uint32Array {
  const next = startsOf(keys, keyCount);
  const length = keys.length;
  const sorted = new Uint32Array(length);
  for (let i = 0; i < length; i++) {
    const at = order ? order[i] : i;
    sorted[next[keys[at]]++] = at;
  }
  return sorted;
}

/** (keyCount + 1): where each key's places begin once they are sorted. */
function startsOf(keys: Uint32Array, keyCount: number): Uint32Array {
  const starts = new Uint32Array(keyCount + 1);
  // Counts ask for no order, so the keys are read as they lie: in any other order each would be a cache miss.
  for (let i = 0; i < keys.length; i++) starts[keys[i] + 1]++;
  for (let key = 0; key < keyCount; key++) starts[key + 1] += starts[key];
  return starts;
}
