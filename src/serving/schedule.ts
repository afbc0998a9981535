const backoffMax = 16;

/** When to look next for one kind of version, and why the last look failed. */
export class Schedule {
  readonly #ttlMs: number;
  #dueAt = 0;
  #failureCount = 0;
  #failure: string | undefined;

  constructor(ttlSeconds: number) {
    this.#ttlMs = ttlSeconds * 1000;
  }

  get failure(): string | undefined {
    return this.#failure;
  }

  isDue(now: number): boolean {
    return now >= this.#dueAt;
  }

  succeed(now: number): void {
    this.#failureCount = 0;
    this.#failure = undefined;
    this.#dueAt = now + this.#ttlMs;
  }

  /**
   * Failures in a row wait longer each time, up to 16 times: a damaged model must not be fetched over and over.
   * `soonMs` shortens the first wait where there is nothing to serve meanwhile.
   */
  fail(reason: string, now: number, soonMs = this.#ttlMs): void {
    const patience = Math.min(backoffMax, 2 ** this.#failureCount);
    this.#failureCount++;
    this.#failure = reason;
    this.#dueAt = now + Math.min(soonMs, this.#ttlMs) * patience;
  }
}
