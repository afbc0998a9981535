import { z } from "zod";
import { hasEnded } from "../store/process-mark.ts";
import { ConflictError, type Store } from "../store/store.ts";
import type { Tracker, TrackerName } from "./tracker.ts";

const placeSchema = z.object({
  /** by title: the id that the tracker gave, and whether all of it has been sent */
  entries: z.record(z.string(), z.object({ id: z.string(), isSent: z.boolean() })).default({}),
  /** once the result has been sent; with the tracker's version of the model where one was registered */
  result: z.object({ modelVersion: z.string().optional() }).optional(),
});
const pushedSchema = z.object({
  /** who is sending, and until when nobody else may */
  lease: z.object({ holder: z.string(), until: z.iso.datetime() }).optional(),
  /** by the tracker's location: another server knows nothing of what this one was sent */
  places: z.record(z.string(), placeSchema).default({}),
});
type Pushed = z.infer<typeof pushedSchema>;
type Place = z.infer<typeof placeSchema>;

/** Where a registry remembers what of a run a tracker was sent. */
export function pushedKey(run: string, tracker: TrackerName): string {
  return `runs/${run}/pushed.${tracker}.json`;
}

/** Somebody else is sending the same run to the same tracker. */
export class PushingError extends Error {
  override name = "PushingError";
}

const leaseMs = 60_000;
const writeEveryMs = 2000;

/**
 * What of a run a tracker was sent, kept beside the run by compare-and-set. Whoever sends holds a lease, which every
 * note renews, so that two processes never send the same thing at once.
 */
export class PushedNotes {
  readonly #store: Store;
  readonly #key: string;
  readonly #location: string;
  #value: Pushed;
  #etag: string | undefined;
  #holder = "";
  #place: Place;
  #writing: Promise<void> = Promise.resolve();
  #writtenAt = 0;

  private constructor(store: Store, key: string, location: string, read: { value: Pushed; etag?: string }) {
    this.#store = store;
    this.#key = key;
    this.#location = location;
    this.#value = read.value;
    this.#etag = read.etag;
    this.#place = read.value.places[location] ?? { entries: {} };
  }

  static async read(
    store: Store,
    run: string,
    tracker: Pick<Tracker, "name" | "location">,
  ): Promise<PushedNotes> {
    const key = pushedKey(run, tracker.name);
    const object = await store.get(key);
    const json = object ? JSON.parse(new TextDecoder().decode(object.bytes)) : {};
    const parsed = pushedSchema.safeParse(json);
    // Only a note: without it everything is found at the tracker, by its title.
    const value = parsed.success ? parsed.data : { places: {} };
    return new PushedNotes(store, key, tracker.location, { value, ...(object && { etag: object.etag }) });
  }

  /** What has arrived, as far as this pass knows; it is written beside. */
  get place(): Place {
    return this.#place;
  }

  /** @throws PushingError where another one sends, until its lease ends or its process does */
  async take(holder: string): Promise<void> {
    const { lease } = this.#value;
    const isTaken = lease && lease.holder !== holder && !hasEnded(lease.holder);
    if (isTaken && Date.parse(lease.until) > Date.now()) {
      throw new PushingError(
        `another process is sending this run (${this.#store.describe(this.#key)}); its lease ends at ${lease.until}`,
      );
    }
    this.#holder = holder;
    await this.#write(true);
  }

  /**
   * Remembers at once and writes every few seconds: what a process that is killed had not written is found at the
   * tracker, by its title.
   */
  async note(place: Place): Promise<void> {
    this.#place = place;
    if (performance.now() - this.#writtenAt > writeEveryMs) await this.#write(true);
  }

  async release(): Promise<void> {
    await this.#write(false);
  }

  /** One after another, since each needs the tag of the one before. */
  #write(isHeld: boolean): Promise<void> {
    this.#writtenAt = performance.now();
    this.#writing = this.#writing
      .catch(() => undefined)
      .then(() => {
        const places = { ...this.#value.places, [this.#location]: this.#place };
        return this.#put({ places, ...(isHeld && { lease: this.#lease() }) });
      });
    return this.#writing;
  }

  #lease() {
    return { holder: this.#holder, until: new Date(Date.now() + leaseMs).toISOString() };
  }

  async #put(value: Pushed): Promise<void> {
    const bytes = new TextEncoder().encode(`${JSON.stringify(value, undefined, 2)}\n`);
    const condition = this.#etag === undefined ? ({ ifNoneMatch: "*" } as const) : { ifMatch: this.#etag };
    const put = await this.#store.put(this.#key, bytes, condition).catch((error: unknown) => {
      if (!(error instanceof ConflictError)) throw error;
      throw new PushingError(
        `another process has begun to send this run (${this.#store.describe(this.#key)})`,
      );
    });
    this.#value = value;
    this.#etag = put.etag;
  }
}
