import type { ActivityStore, Properties } from "../activity/activity-store.ts";
import { changeItem } from "../catalog/changed-item.ts";
import { log } from "../log.ts";
import type { Erasures } from "../registry/erasures.ts";
import { hideOf } from "./arms.ts";
import { exposureOf } from "./exposure.ts";
import { forbiddenItems, type Past, shownUnclicked } from "./past.ts";
import type { Answer, Query } from "./query.ts";
import type { Snapshot } from "./snapshot.ts";
import { WithdrawnItems } from "./withdrawn-items.ts";

/** What was shown counts against an item for so long, in so many of the last answers. */
const shownSeconds = 7 * 86_400;
const shownAnswersMax = 100;

/** No store of activity is configured. */
export class NoActivityError extends Error {
  override readonly name = "NoActivityError";
}

/** A change of an item that makes no sense, by its place in the list. */
export class ItemChangeError extends Error {
  override readonly name = "ItemChangeError";
  readonly faults: readonly { readonly index: number; readonly detail: string }[];

  constructor(faults: ItemChangeError["faults"]) {
    super(faults.map(({ index, detail }) => `item ${index + 1} ${detail}`).join("; "));
    this.faults = faults;
  }
}

/** Joins what users did lately to what is asked, and keeps what was answered. */
export class Recall {
  readonly store: ActivityStore;
  readonly #erasures: Erasures | undefined;
  readonly #withdrawn: WithdrawnItems;
  readonly #now: () => number;

  constructor(store: ActivityStore, erasures: Erasures | undefined, now: () => number) {
    this.store = store;
    this.#erasures = erasures;
    this.#now = now;
    this.#withdrawn = new WithdrawnItems(store, now);
  }

  /** Without a ledger that can be written, answers are given and erasures refused: the log says so. */
  async prepare(): Promise<void> {
    try {
      await this.#erasures?.prepare();
    } catch (error) {
      log.error("ledger of erasures not ready", { error });
    }
  }

  /**
   * The query with its past: events, attributes, an erasure, and what must not be shown. An answer matters more than
   * the last click: where the store cannot be read the log says so, and the answer is the model's alone.
   */
  async recall<Q extends Query>(query: Q, snapshot: Snapshot | undefined): Promise<Q & Query> {
    const { userId, sessionId } = query;
    const isPersonal = userId !== undefined || sessionId !== undefined;
    const erasureKey = userId === undefined ? undefined : this.#erasures?.keyOf(userId);
    try {
      const [activity, withdrawn] = await Promise.all([
        isPersonal ? this.store.read({ userId, sessionId, erasureKey }) : undefined,
        this.#withdrawn.list(snapshot),
      ]);
      const forbidden = [
        ...(activity
          ? forbiddenItems(activity, hideOf(snapshot, { ...query, userId: activity.userId }))
          : []),
        ...withdrawn,
      ];
      return {
        ...query,
        ...(activity && { userId: activity.userId, past: activity }),
        ...(forbidden.length > 0 && { exclude: [...(query.exclude ?? []), ...forbidden] }),
        ...(query.rotationRate !== undefined && { shown: await this.#shown(query, activity) }),
      };
    } catch (error) {
      log.error("activity not read", { error });
      return query.rotationRate === undefined ? query : { ...query, shown: new Map() };
    }
  }

  /** Nothing for nobody in particular: there is no telling what they saw. */
  async #shown({ sessionId }: Query, activity: (Past & { userId?: string | undefined }) | undefined) {
    if (activity === undefined) return new Map<string, number>();
    const exposures = await this.store.exposures({ userId: activity.userId, sessionId }, shownAnswersMax);
    return shownUnclicked(activity, exposures, this.#now() / 1000 - shownSeconds);
  }

  /** Keeps what an answer shows. One that cannot be kept is given all the same, and the log says so. */
  async expose(answer: Answer, query: Query): Promise<void> {
    try {
      await this.store.putExposure(exposureOf(answer, query, this.#now() / 1000));
    } catch (error) {
      log.error("exposure not kept", { error });
    }
  }

  /**
   * Keeps what is said of items, all of it or nothing; those withdrawn are gone from the next answer.
   * @throws ItemChangeError
   */
  async putItems(
    changes: readonly { readonly itemId: string; readonly properties: Properties }[],
  ): Promise<void> {
    const faults = changes.flatMap((change, index) => {
      const changed = changeItem(undefined, change);
      return typeof changed === "string" ? [{ index, detail: changed }] : [];
    });
    if (faults.length > 0) throw new ItemChangeError(faults);
    await this.store.putItems(changes);
    this.#withdrawn.expire();
  }

  /** Gone from every answer once this resolves: first the ledger, which outlives any store, then what is kept. */
  async erase(userId: string): Promise<void> {
    if (this.#erasures === undefined) throw new NoActivityError("erasures need a registry to be kept in");
    const { key, at } = await this.#erasures.add(userId);
    await this.store.eraseUser(userId, key, at);
  }
}
