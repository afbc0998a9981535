export interface RateLimit {
  /** requests per second that a caller may sustain */
  readonly perSecond: number;
  /** requests at once that a rested caller may send */
  readonly burst: number;
}

interface Bucket {
  tokens: number;
  /** ms */
  filledAt: number;
}

const callersMax = 10_000;

/**
 * A token bucket per caller, in this process only: behind several instances each has its own, so it slows a
 * scraper rather than counting exactly. Memory is bounded: the caller unseen for longest is forgotten first.
 */
export class TokenBuckets {
  readonly #limit: RateLimit;
  readonly #now: () => number;
  /** in order of last use: a Map keeps insertion order, and each use inserts anew */
  readonly #buckets = new Map<string, Bucket>();

  constructor(limit: RateLimit, now: () => number) {
    this.#limit = limit;
    this.#now = now;
  }

  /** Takes one token. 0 if there was one, else after how many seconds there will be. */
  take(caller: string): number {
    const { perSecond, burst } = this.#limit;
    const now = this.#now();
    const known = this.#buckets.get(caller);
    const bucket = known ?? { tokens: burst, filledAt: now };
    const restedSeconds = Math.max(0, now - bucket.filledAt) / 1000;
    bucket.tokens = Math.min(burst, bucket.tokens + restedSeconds * perSecond);
    bucket.filledAt = now;
    this.#buckets.delete(caller);
    this.#buckets.set(caller, bucket);
    if (this.#buckets.size > callersMax) this.#forgetOldest();
    if (bucket.tokens < 1) return (1 - bucket.tokens) / perSecond;
    bucket.tokens -= 1;
    return 0;
  }

  #forgetOldest(): void {
    for (const caller of this.#buckets.keys()) {
      this.#buckets.delete(caller);
      return;
    }
  }
}

/**
 * What counts as one caller among the anonymous: an IPv4 address, or an IPv6 network of 64 bits, since a single
 * subscriber is given at least that many addresses.
 */
export function addressGroup(address: string | undefined): string {
  if (address === undefined || address === "") return "unknown";
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped) return mapped[1];
  if (!address.includes(":")) return address;
  const [head, tail] = address.split("%")[0].split("::");
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  const groups = [...before, ...Array<string>(zeros).fill("0"), ...after];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":")}::/64`;
}
