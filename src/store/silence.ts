/** A timer this late did not run because the whole process stood still, as Lambda's does between requests. */
const frozenMsMin = 500;

/**
 * Watches that the other side says something. A process that was frozen gets the time again when it thaws: what has
 * arrived meanwhile is read first, and only a connection that stays silent then is given up.
 */
export class Silence {
  readonly #who: string;
  readonly #onTooLong: (message: string) => void;
  #timer: NodeJS.Timeout | undefined;
  #heardAt = 0;

  constructor(who: string, onTooLong: (message: string) => void) {
    this.#who = who;
    this.#onTooLong = onTooLong;
  }

  /** From now on it may be silent for `ms`; `fault` says what it did not do. */
  allow(ms: number, fault: string): void {
    this.heard();
    this.#wait(
      ms,
      () => {
        const left = this.#heardAt + ms - Date.now();
        if (left <= 0) this.#onTooLong(`${this.#who} ${fault} for ${ms} ms`);
        return left;
      },
      ms,
    );
  }

  heard(): void {
    this.#heardAt = Date.now();
  }

  end(): void {
    clearTimeout(this.#timer);
  }

  #wait(waitMs: number, look: () => number, wholeMs: number): void {
    clearTimeout(this.#timer);
    const dueAt = Date.now() + waitMs;
    this.#timer = setTimeout(() => {
      if (Date.now() - dueAt > frozenMsMin) {
        this.heard();
        return this.#wait(wholeMs, look, wholeMs);
      }
      const left = look();
      if (left > 0) this.#wait(left, look, wholeMs);
    }, waitMs);
  }
}
