import type { ActivityStore, ItemChange } from "../activity/activity-store.ts";
import { isWithdrawn } from "../catalog/changed-item.ts";
import { timeOfCatalog } from "./item-changes.ts";
import type { Snapshot } from "./snapshot.ts";

const lookEveryMs = 1000;
/** Servers' clocks differ; what was told a little earlier is asked for again. */
const overlapMs = 10_000;

/**
 * Items that went off sale since the catalogue was loaded, looked for at most once a second: the catalogue itself
 * takes a change up within its own time, but nobody should be shown what is gone.
 */
export class WithdrawnItems {
  readonly #store: ActivityStore;
  readonly #now: () => number;
  readonly #changes = new Map<string, ItemChange>();
  #newest = 0;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #looking: Promise<void> | undefined;

  constructor(store: ActivityStore, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /** Those that the snapshot would still show. */
  async list(snapshot: Snapshot | undefined): Promise<string[]> {
    if (this.#now() - this.#lookedAt >= lookEveryMs) {
      this.#looking ??= this.#look().finally(() => {
        this.#looking = undefined;
      });
    }
    await this.#looking;
    const catalog = snapshot?.catalog;
    const isShown = (itemId: string): boolean => {
      if (catalog === undefined) return true;
      const row = catalog.ids.row(itemId);
      return row >= 0 && catalog.available[row] !== 0;
    };
    const publishedAt = timeOfCatalog(snapshot?.parts.catalogVersion);
    return [...this.#changes.values()]
      .filter(({ changedAt, properties }) => changedAt >= publishedAt && isWithdrawn(properties))
      .map(({ itemId }) => itemId)
      .filter(isShown);
  }

  /** The next request looks at once: this server was told something itself. */
  expire(): void {
    this.#lookedAt = Number.NEGATIVE_INFINITY;
  }

  async #look(): Promise<void> {
    const lookedAt = this.#now();
    for (const change of await this.#store.itemChanges(this.#newest - overlapMs)) {
      this.#changes.set(change.itemId, change);
      this.#newest = Math.max(this.#newest, change.changedAt);
    }
    this.#lookedAt = lookedAt;
  }
}
