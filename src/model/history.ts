import { runConfidence } from "../interactions/confidence-program.ts";
import { UnknownEventTypeError } from "../interactions/event-weights.ts";
import type { ModelHeader } from "./header.ts";

/** What a user did, a pair with an item each. Arrays are aligned; those of a model are views on its file. */
export interface History {
  /** rows of the model's items, rising */
  readonly items: Uint32Array;
  /** r: Σ of weight × decay up to *now* */
  readonly strength: Float32Array;
  /** epoch seconds of the last event, 0 unknown */
  readonly lastTime: Uint32Array;
  /** a bit per event type that happened */
  readonly typeBits: Uint8Array;
  /** events; kept only where the confidence formula uses `n` */
  readonly count?: Uint32Array | undefined;
  /** Σ of the events' values; kept only where the formula uses `value` */
  readonly value?: Float32Array | undefined;
}

/** An event that the model has not seen. */
export interface RecentEvent {
  readonly itemRow: number;
  readonly eventType: string;
  /** epoch seconds; absent: just now */
  readonly time?: number | undefined;
  readonly value?: number | undefined;
}

const daySeconds = 86_400;
type Confidence = ModelHeader["confidence"];

/** What an event of this type weighs, names compared without case; undefined where nobody said. */
export function findWeight({ weights, bitTypes }: Confidence, eventType: string): number | undefined {
  const wanted = eventType.toLowerCase();
  const named = Object.entries(weights).find(([name]) => name.toLowerCase() === wanted);
  if (named) return named[1];
  // The only type of a log needs no weight: it is 1.
  return bitTypes.some((types) => includesType(types, wanted)) ? 1 : undefined;
}

/**
 * A history with further events, in any order: what lies before *now* weighs less by its age; what comes later
 * weighs its full weight, and what the pair had before it decays meanwhile.
 */
export function withRecent(
  history: History | undefined,
  recent: readonly RecentEvent[],
  { confidence, now }: Pick<ModelHeader, "confidence" | "now">,
): History {
  const pairs = new Map<number, Pair>();
  history?.items.forEach((item, at) => {
    pairs.set(item, pairAt(history, at, now));
  });
  for (const event of recent) {
    const weight = findWeight(confidence, event.eventType);
    if (weight === undefined) {
      throw new UnknownEventTypeError(
        `no weight is known for the event type "${event.eventType.slice(0, 40)}"; known are ${Object.keys(confidence.weights).join(", ")}`,
        [event.eventType],
      );
    }
    const before = pairs.get(event.itemRow) ?? {
      strength: 0,
      asOf: now,
      lastTime: 0,
      bits: 0,
      count: 0,
      value: 0,
    };
    pairs.set(event.itemRow, addEvent(before, event, weight, confidence));
  }
  const sorted = [...pairs].sort(([a], [b]) => a - b);
  return {
    items: Uint32Array.from(sorted, ([item]) => item),
    strength: Float32Array.from(sorted, ([, pair]) => pair.strength),
    lastTime: Uint32Array.from(sorted, ([, pair]) => pair.lastTime),
    typeBits: Uint8Array.from(sorted, ([, pair]) => pair.bits),
    count: Uint32Array.from(sorted, ([, pair]) => pair.count),
    value: Float32Array.from(sorted, ([, pair]) => pair.value),
  };
}

/** Confidence c of each pair by the model's own formula, (pairs). */
export function confidenceOf(
  history: History,
  { confidence, now }: Pick<ModelHeader, "confidence" | "now">,
): Float64Array {
  const variables = { r: 0, n: 0, value: 0, age: 0 };
  return Float64Array.from(history.items, (_, at) => {
    const lastTime = history.lastTime[at];
    variables.r = history.strength[at];
    variables.n = history.count?.[at] ?? 0;
    variables.value = history.value?.[at] ?? 0;
    variables.age = lastTime > 0 ? Math.max(0, now - lastTime) / daySeconds : 0;
    return runConfidence(confidence.program, variables);
  });
}

interface Pair {
  readonly strength: number;
  /** epoch seconds that `strength` is decayed to; 0 where the data has no times, and then nothing fades */
  readonly asOf: number;
  readonly lastTime: number;
  readonly bits: number;
  readonly count: number;
  readonly value: number;
}

function pairAt(history: History, at: number, now: number): Pair {
  return {
    strength: history.strength[at],
    asOf: Math.max(now, history.lastTime[at]),
    lastTime: history.lastTime[at],
    bits: history.typeBits[at],
    count: history.count?.[at] ?? 0,
    value: history.value?.[at] ?? 0,
  };
}

function addEvent(pair: Pair, event: RecentEvent, weight: number, confidence: Confidence): Pair {
  const time = event.time ?? pair.asOf;
  const wanted = event.eventType.toLowerCase();
  const bit = confidence.bitTypes.findIndex((types) => includesType(types, wanted));
  const later = pair.asOf === 0 ? 0 : time - pair.asOf;
  return {
    strength:
      pair.strength * decay(Math.max(0, later), longestHalfLife(pair.bits, confidence)) +
      weight * decay(Math.max(0, -later), halfLifeOf(wanted, confidence)),
    asOf: pair.asOf + Math.max(0, later),
    lastTime: Math.max(pair.lastTime, Math.floor(time)),
    bits: pair.bits | (bit < 0 ? 0 : 1 << bit),
    count: pair.count + 1,
    value: pair.value + (event.value ?? 0),
  };
}

function decay(seconds: number, halfLifeDays: number): number {
  return 2 ** (-seconds / daySeconds / halfLifeDays);
}

/** Days, Infinity for none. `eventType` is in lower case. */
function halfLifeOf(eventType: string, { halfLifeDays }: Confidence): number {
  if (typeof halfLifeDays !== "object" || halfLifeDays === null) return halfLifeDays ?? Infinity;
  const named = Object.entries(halfLifeDays).find(([name]) => name.toLowerCase() === eventType);
  return named?.[1] ?? Infinity;
}

/** A pair's strength is one number for all its types; it fades as its slowest one does. */
function longestHalfLife(bits: number, confidence: Confidence): number {
  const types = confidence.bitTypes.filter((_, bit) => (bits >> bit) & 1).flat();
  const longest = Math.max(...types.map((type) => halfLifeOf(type.toLowerCase(), confidence)));
  return types.length === 0 ? Infinity : longest;
}

function includesType(types: readonly string[], lowerCase: string): boolean {
  return types.some((type) => type.toLowerCase() === lowerCase);
}
