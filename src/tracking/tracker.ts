export type TrackerName = "mlflow" | "comet";

/** One figure of one step. */
export interface Measurement {
  readonly name: string;
  readonly value: number;
  readonly step: number;
  /** ms since 1970, from the record: whoever sends it again sends the same */
  readonly at: number;
}

/** What a tracker shows as a run of its own: a sweep, or one trial of it. */
export interface Entry {
  /** like no other's: `RUN`, or `RUN/0007` */
  readonly title: string;
  readonly run: string;
  readonly trial?: number;
  readonly startedAt: number;
  /** ms since 1970; absent while it goes on */
  readonly endedAt?: number;
  readonly status: "running" | "finished" | "failed";
  readonly params: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  /** of one name in rising order of steps */
  readonly measurements: readonly Measurement[];
}

/** A file beside an entry. */
export interface Attachment {
  /** such as `model/card.json` */
  readonly path: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** A version of a model for a tracker's own registry. */
export interface Registration {
  /** the model's name there */
  readonly name: string;
  /** our version */
  readonly version: string;
  /** where its file is kept */
  readonly location: string;
  readonly description: string;
  /** whether it is what the channel names */
  readonly isLive: boolean;
  /** what goes with it, the card first */
  files(): Promise<readonly Attachment[]>;
}

/** The word that a tracker's registry has for what is live, whatever the channel. */
export const liveAlias = "production";

/**
 * A server to which runs go. What is made is found again by its title, and whatever is done twice is there once, so
 * that a send which broke off is simply done again.
 */
export interface Tracker {
  readonly name: TrackerName;
  /** the server and what groups the runs there; names no key */
  readonly location: string;
  /** `performance.now()` of its last answer: whoever waits for it knows whether it gets on */
  readonly answeredAt: number;
  /** by title, the ids of what is there of a run */
  find(run: string, signal: AbortSignal): Promise<ReadonlyMap<string, string>>;
  /** Makes an empty entry, under the run's own where it is a trial; gives its id. */
  create(entry: Entry, parent: string | undefined, signal: AbortSignal): Promise<string>;
  /** Sends all of an entry; where it is not new, what is there already is not sent again. */
  log(id: string, entry: Entry, isNew: boolean, signal: AbortSignal): Promise<void>;
  attach(id: string, files: readonly Attachment[], signal: AbortSignal): Promise<void>;
  /** Registers what an entry has made, once, and moves the alias to what is live; gives the version there. */
  register(id: string, registration: Registration, signal: AbortSignal): Promise<string>;
}

/**
 * What became of a request that a tracker did not take. `passing`: later it may. `refused`: never, but others may be
 * taken. `denied`: nothing of ours is taken, such as where the key is wrong. Its message names no key.
 */
export class TrackerError extends Error {
  override name = "TrackerError";
  readonly kind: "passing" | "refused" | "denied";
  /** the tracker's own word for what is wrong */
  readonly code: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(
    message: string,
    kind: TrackerError["kind"],
    more: { readonly code?: string | undefined; readonly retryAfterMs?: number | undefined } = {},
  ) {
    super(message);
    this.kind = kind;
    this.code = more.code;
    this.retryAfterMs = more.retryAfterMs;
  }
}
