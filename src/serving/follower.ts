import { log } from "../log.ts";
import { Schedule } from "./schedule.ts";
import { Snapshot, type SnapshotParts } from "./snapshot.ts";
import type { ChannelState, VersionSource } from "./source.ts";

export interface FollowOptions {
  readonly source: VersionSource;
  /** serve this version only; the catalogue still follows the channel. Absent: follow the channel's model too */
  readonly pinnedModel?: string | undefined;
  readonly modelTtlSeconds?: number;
  readonly catalogTtlSeconds?: number;
  /** what models may take together: while one swaps in, two are held */
  readonly memoryBytesMax?: number | undefined;
  /** how long whoever waits for a look does so; it goes on beside later requests. Absent: until it has ended */
  readonly waitMsMax?: number;
  /** ms */
  readonly now?: () => number;
}

const emptyRetryMs = 1000;

/**
 * Keeps one snapshot and looks beside the requests whether the channel names another. Whatever the store does,
 * the last good one stays.
 */
export class Follower {
  readonly #options: FollowOptions;
  readonly #now: () => number;
  readonly #modelSchedule: Schedule;
  readonly #catalogSchedule: Schedule;
  readonly #rulesSchedule: Schedule;
  #snapshot: Snapshot | undefined;
  #running: Promise<void> | undefined;
  /** looks that failed since the start */
  failureCount = 0;

  constructor(options: FollowOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#modelSchedule = new Schedule(options.modelTtlSeconds ?? 30);
    this.#catalogSchedule = new Schedule(options.catalogTtlSeconds ?? 60);
    this.#rulesSchedule = new Schedule(options.catalogTtlSeconds ?? 60);
  }

  get #schedules(): Schedule[] {
    return [this.#modelSchedule, this.#catalogSchedule, this.#rulesSchedule];
  }

  get snapshot(): Snapshot | undefined {
    return this.#snapshot;
  }

  get failure(): string | undefined {
    return this.#schedules.map(({ failure }) => failure).find((failure) => failure !== undefined);
  }

  /** Looks at the channel if that is due, beside the request that calls this: it neither waits nor throws. */
  touch(): void {
    const now = this.#now();
    const due = this.#schedules.filter((schedule) => schedule.isDue(now));
    if (this.#running === undefined && due.length > 0) this.#running = this.#look(due);
  }

  /** Is a look under way? */
  get isLooking(): boolean {
    return this.#running !== undefined;
  }

  /** Looks at once, after a look under way has ended. Never throws: `failure` says what went wrong. */
  refresh(): Promise<void> {
    const look = async () => {
      while (this.#running !== undefined) await this.#running;
      this.#running = this.#look(this.#schedules);
      await this.#running;
    };
    return withinMs(look(), this.#options.waitMsMax);
  }

  /** Without a model: waits for a look, unless the last one was a moment ago. Never throws. */
  async recover(): Promise<void> {
    if (this.#snapshot !== undefined) return;
    this.touch();
    await withinMs(this.#running, this.#options.waitMsMax);
  }

  /** Gives a look that is under way, if one is, up to so much time. Never throws. */
  async linger(ms: number): Promise<void> {
    await withinMs(this.#running, ms);
  }

  async #look(due: readonly Schedule[]): Promise<void> {
    try {
      await this.#follow(await this.#options.source.readChannel(), due);
    } catch (error) {
      for (const schedule of due) this.#fail(schedule, error);
    } finally {
      this.#running = undefined;
    }
  }

  /** All at once; where one of the three cannot be had, the others are no worse with what was there. */
  async #follow(state: ChannelState | undefined, due: readonly Schedule[]): Promise<void> {
    const before = this.#snapshot?.parts;
    const lookFor = async <T>(schedule: Schedule, load: () => Promise<T>, kept: T): Promise<T> => {
      if (!due.includes(schedule)) return kept;
      try {
        const loaded = await load();
        schedule.succeed(this.#now());
        return loaded;
      } catch (error) {
        this.#fail(schedule, error);
        return kept;
      }
    };
    const keptCatalog = { catalog: before?.catalog, catalogVersion: before?.catalogVersion };
    const keptRules = { rules: before?.rules, rulesVersion: before?.rulesVersion };
    const [catalog, rules, model] = await Promise.all([
      lookFor(this.#catalogSchedule, () => this.#loadCatalog(state, before), keptCatalog),
      lookFor(this.#rulesSchedule, () => this.#loadRules(state, before), keptRules),
      lookFor(this.#modelSchedule, () => this.#loadModel(state?.model, before), before),
    ]);
    if (model === undefined) return;
    const isSame =
      model.version === before?.version &&
      catalog.catalogVersion === before.catalogVersion &&
      rules.rulesVersion === before.rulesVersion;
    if (!isSame) this.#publish(new Snapshot({ ...model, ...catalog, ...rules }));
  }

  #publish(snapshot: Snapshot): void {
    const { version, catalogVersion, rulesVersion, channel } = snapshot.parts;
    log.info("swapped", {
      channel,
      model: version,
      catalog: catalogVersion,
      rules: rulesVersion,
      before: this.#snapshot?.parts.version,
    });
    for (const fault of snapshot.rules.faults) log.warn("rule left out", { ...fault });
    this.#snapshot = snapshot;
  }

  #fail(schedule: Schedule, error: unknown): void {
    this.failureCount++;
    const reason = error instanceof Error ? error.message : String(error);
    schedule.fail(reason, this.#now(), this.#snapshot === undefined ? emptyRetryMs : undefined);
    const { channel } = this.#options.source;
    log.warn("swap failed", { channel, serving: this.#snapshot?.parts.version, reason });
  }

  async #loadCatalog(state: ChannelState | undefined, before: SnapshotParts | undefined) {
    // A channel that is gone says nothing of the catalogue; one that names none has none.
    const version = state === undefined ? before?.catalogVersion : state.catalog;
    if (version === undefined) return { catalog: undefined, catalogVersion: undefined };
    if (version === before?.catalogVersion) return { catalog: before.catalog, catalogVersion: version };
    return { catalog: await this.#options.source.loadCatalog(version), catalogVersion: version };
  }

  async #loadRules(state: ChannelState | undefined, before: SnapshotParts | undefined) {
    const { source } = this.#options;
    const version = state === undefined ? before?.rulesVersion : state.rules;
    if (version === undefined || !source.loadRules) return { rules: undefined, rulesVersion: undefined };
    if (version === before?.rulesVersion) return { rules: before.rules, rulesVersion: version };
    return { rules: await source.loadRules(version), rulesVersion: version };
  }

  async #loadModel(
    named: string | undefined,
    before: SnapshotParts | undefined,
  ): Promise<SnapshotParts | undefined> {
    const { source, pinnedModel, memoryBytesMax = Infinity } = this.#options;
    const version = pinnedModel ?? named;
    if (version === undefined) {
      throw new Error(`channel "${source.channel}" names no model: publish one and promote it`);
    }
    if (version === before?.version) return before;
    const byteLength = await source.modelByteLength(version);
    const held = before?.model.buffer.fileBytes.byteLength ?? 0;
    if (held + byteLength > memoryBytesMax) {
      throw new Error(
        `model ${version} of ${byteLength} bytes is refused: with ${held} bytes in use it does not fit into ${memoryBytesMax}; give the server more memory`,
      );
    }
    return { ...(await source.loadModel(version)), version, channel: source.channel };
  }
}

/** Waits for `work`, but not longer. */
async function withinMs(work: Promise<void> | undefined, ms = Infinity): Promise<void> {
  if (work === undefined || ms === Infinity) return work;
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, tooLong]);
  clearTimeout(timer);
}
