import type { CatalogItem } from "../catalog/catalog-item.ts";
import { answer, popular } from "./answer.ts";
import { Follower, type FollowOptions } from "./follower.ts";
import { categories, findItem, type ItemPage, type ItemQuery, listItems } from "./listing.ts";
import { type Product, products } from "./products.ts";
import { type Answer, NoModelError, type Query } from "./query.ts";
import type { Snapshot } from "./snapshot.ts";

/**
 * Answers from the version that is loaded now. Each answer is made from one snapshot taken at its beginning, so
 * a swap drops no request and mixes none.
 */
export class Serving {
  readonly #follower: Follower;

  private constructor(follower: Follower) {
    this.#follower = follower;
  }

  /** Loads what the channel names. Without a usable model it starts all the same, and keeps looking. */
  static async start(options: FollowOptions): Promise<Serving> {
    const serving = new Serving(new Follower(options));
    await serving.refresh();
    return serving;
  }

  /** What is loaded, if anything is; looking is a good moment to look for a newer one. */
  get snapshot(): Snapshot | undefined {
    this.#follower.touch();
    return this.#follower.snapshot;
  }

  /** What is loaded, without a look for a newer one. */
  get loaded(): Snapshot | undefined {
    return this.#follower.snapshot;
  }

  /** How often a look for a newer version has failed since the start. */
  get swapFailureCount(): number {
    return this.#follower.failureCount;
  }

  /** Why the version that the channel names is not what serves; `undefined` when it is. */
  get failure(): string | undefined {
    return this.#follower.failure;
  }

  /** Swaps to what the channel names now. Never throws. */
  refresh(): Promise<void> {
    return this.#follower.refresh();
  }

  /** Is the registry being looked at? */
  get isLooking(): boolean {
    return this.#follower.isLooking;
  }

  /** Gives a look that is under way up to so much time. Never throws. */
  linger(ms: number): Promise<void> {
    return this.#follower.linger(ms);
  }

  /** Where nothing is loaded: waits for one more attempt, at most one a second. Never throws. */
  recover(): Promise<void> {
    return this.#follower.recover();
  }

  /** @throws NoModelError, QueryError */
  answer(query: Query): Answer {
    return answer(this.#take(), query);
  }

  /** @throws NoModelError, QueryError */
  popular(query: Query): Answer {
    return popular(this.#take(), query);
  }

  /** An answer's items as the storefront's own route shows them. */
  products(of: Answer): Product[] {
    return products(this.#take(), of);
  }

  /** @throws NoModelError */
  listItems(query: ItemQuery): ItemPage {
    return listItems(this.#take(), query);
  }

  /** @throws NoModelError */
  findItem(itemId: string): CatalogItem | undefined {
    return findItem(this.#take(), itemId);
  }

  /** @throws NoModelError */
  categories(): readonly string[] {
    return categories(this.#take());
  }

  #take(): Snapshot {
    const { snapshot } = this;
    if (snapshot === undefined) throw new NoModelError(this.failure ?? "no model is loaded yet");
    return snapshot;
  }
}
