import { onlyOnce, toJson } from "../registry/documents.ts";
import { ConflictError, type Store } from "../store/store.ts";
import type { UserValues } from "./record.ts";

/** A document under its key. */
export interface KeptDocument {
  readonly key: string;
  readonly bytes: Uint8Array;
}

/** For a person to read. */
export function recordOf(key: string, value: unknown): KeptDocument {
  return { key, bytes: toJson(value) };
}

/** On one line: a document of many numbers. */
export function compactRecordOf(key: string, value: unknown): KeptDocument {
  return { key, bytes: new TextEncoder().encode(`${JSON.stringify(value)}\n`) };
}

/** Values by user as a document, each with no more digits than its f32 has. */
export function userValuesOf(
  about: Pick<UserValues, "cut" | "metric">,
  values: Readonly<Record<string, Float32Array>>,
): UserValues {
  const short = Object.entries(values).map(([name, column]) => [name, Array.from(column, shortest)]);
  return { ...about, values: Object.fromEntries(short) };
}

/** The shortest decimal that reads back as the same f32; nine digits always do. */
function shortest(value: number): number {
  for (const digits of [3, 6, 7, 8]) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === value) return rounded;
  }
  return Number(value.toPrecision(9));
}

/** Documents that belong together, the last of which says that all are there. */
interface Bundle {
  readonly documents: readonly KeptDocument[];
  /** called when they are on their way */
  taken(): void;
  /** called when they are there, or refused */
  done(): void;
}

const nobodyWaits = (): void => {};

/** So many bundles are under way at once. */
const abreast = 4;

/**
 * Writes what is kept of a run beside the training, which it never fails. Nothing is overwritten: what another process,
 * or an earlier attempt at the same run, has put stays. What the store refuses is gathered, and tried again half a minute
 * later with whatever comes then, and at the end.
 */
export class RunWriter {
  readonly #store: Store;
  readonly #onFailure: (error: Error) => void;
  readonly #lanes = new Set<Promise<void>>();
  readonly #urgent: Bundle[] = [];
  readonly #later: Bundle[] = [];
  readonly #pauseMs: number;
  readonly #unwritten: KeptDocument[] = [];
  #pausedUntil: number | undefined;

  /** @param onFailure is told once, when the store first refuses something */
  constructor(store: Store, onFailure: (error: Error) => void, pauseMs = 30_000) {
    this.#store = store;
    this.#onFailure = onFailure;
    this.#pauseMs = pauseMs;
  }

  /** Puts documents, one after another. Resolves when they are there, or were refused. */
  put(...documents: readonly KeptDocument[]): Promise<void> {
    return new Promise((done) => this.#add(this.#urgent, { documents, taken: nobodyWaits, done }));
  }

  /** The same, but resolves when they are on their way: a slow store is not outrun, nor waited for each time. */
  putBeside(...documents: readonly KeptDocument[]): Promise<void> {
    return new Promise((taken) => this.#add(this.#urgent, { documents, taken, done: nobodyWaits }));
  }

  /** The same when there is nothing more urgent, for what could be told from the rest. */
  putLater(...documents: readonly KeptDocument[]): void {
    this.#add(this.#later, { documents, taken: nobodyWaits, done: nobodyWaits });
  }

  /** Waits for all of it. */
  async settle(): Promise<void> {
    while (this.#lanes.size > 0) await Promise.all(this.#lanes);
  }

  /** Waits, tries again what was refused, and gives how many documents are still missing and why. */
  async finish(): Promise<{ readonly missing: number; readonly error?: Error }> {
    await this.settle();
    while (this.#unwritten.length > 0) {
      try {
        await this.#putOne(this.#unwritten[0]);
      } catch (error) {
        return { missing: this.#unwritten.length, error: error as Error };
      }
      this.#unwritten.shift();
    }
    return { missing: 0 };
  }

  #add(queue: Bundle[], bundle: Bundle): void {
    queue.push(bundle);
    this.#start();
  }

  #start(): void {
    if (this.#lanes.size >= abreast) return;
    const lane = this.#drain().finally(() => {
      this.#lanes.delete(lane);
      // Something may have come after it had looked for the last time.
      if (this.#urgent.length + this.#later.length > 0) this.#start();
    });
    this.#lanes.add(lane);
  }

  async #drain(): Promise<void> {
    for (let next = this.#next(); next; next = this.#next()) {
      next.taken();
      await this.#write(next.documents);
      next.done();
    }
  }

  #next(): Bundle | undefined {
    return this.#urgent.shift() ?? this.#later.shift();
  }

  async #write(documents: readonly KeptDocument[]): Promise<void> {
    if (this.#pausedUntil !== undefined && performance.now() < this.#pausedUntil) {
      this.#unwritten.push(...documents);
      return;
    }
    const due = [...this.#unwritten.splice(0), ...documents];
    for (const [place, document] of due.entries()) {
      try {
        await this.#putOne(document);
      } catch (error) {
        this.#unwritten.push(...due.slice(place));
        if (this.#pausedUntil === undefined) this.#onFailure(error as Error);
        this.#pausedUntil = performance.now() + this.#pauseMs;
        return;
      }
    }
  }

  async #putOne({ key, bytes }: KeptDocument): Promise<void> {
    try {
      await this.#store.put(key, bytes, onlyOnce);
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
    }
  }
}
