import type { ActivityStore } from "../activity/activity-store.ts";
import type { CatalogItem } from "../catalog/catalog-item.ts";
import type { TrendWindow } from "../model/trends.ts";
import { answer, popular } from "./answer.ts";
import { answerInArm } from "./arms.ts";
import { catalogueShares } from "./catalogue-shares.ts";
import { explainItem, type PairExplanation } from "./explain-pair.ts";
import { Follower, type FollowOptions } from "./follower.ts";
import { rankGiven } from "./given-list.ts";
import { withItemChanges } from "./item-changes.ts";
import { columnsOf } from "./item-columns.ts";
import { categories, findItem, type ItemPage, type ItemQuery, listItems } from "./listing.ts";
import { OtherVersion } from "./other-version.ts";
import { eventTypeOf, type PopularKind } from "./popular-kinds.ts";
import { type Product, products } from "./products.ts";
import { type Answer, NoModelError, type Query } from "./query.ts";
import { NoActivityError, Recall } from "./recall.ts";
import {
  alsoViewed,
  type BecauseAnswer,
  becauseYouViewed,
  boughtTogether,
  popularBy,
  type TrendAnswer,
  trending,
} from "./shelves.ts";
import type { Snapshot } from "./snapshot.ts";
import type { VersionSource } from "./source.ts";
import { historyOf, type UserExport } from "./user-export.ts";

export interface ServingOptions extends FollowOptions {
  /** what users do; without it only what a request itself brings moves an answer */
  readonly activity?: ActivityStore | undefined;
}

/**
 * Answers from the version that is loaded now. Each answer is made from one snapshot taken at its beginning, so
 * a swap drops no request and mixes none.
 */
export class Serving {
  readonly #follower: Follower;
  readonly #source: VersionSource;
  readonly #other: OtherVersion;
  /** what joins activity to questions; `undefined` without a store of it */
  readonly activity: Recall | undefined;

  private constructor({ activity, ...options }: ServingOptions) {
    this.#source = activity ? withItemChanges(options.source, activity) : options.source;
    this.#follower = new Follower({ ...options, source: this.#source });
    this.#other = new OtherVersion({ source: this.#source, memoryBytesMax: options.memoryBytesMax });
    this.activity = activity && new Recall(activity, this.#source.erasures, options.now ?? Date.now);
  }

  /** Loads what the channel names. Without a usable model it starts all the same, and keeps looking. */
  static async start(options: ServingOptions): Promise<Serving> {
    const serving = new Serving(options);
    await serving.activity?.prepare();
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

  /**
   * The query with what its user and session did lately, and with what the ledger of erasures says of them, for any of
   * the methods below.
   */
  async recall<Q extends Query>(query: Q): Promise<Q & Query> {
    const recalled = await this.activity?.recall(query, this.#follower.snapshot);
    return this.#withoutErased(recalled ?? query);
  }

  /** @throws NoModelError, QueryError */
  answer(query: Query): Answer {
    return answerInArm(this.#take(), this.#withoutErased(query));
  }

  /**
   * The same by another version, to compare by: outside of every experiment.
   * @throws NoModelError, QueryError where there is no such version, or no room for it
   */
  async compare(query: Query & { readonly model: string }): Promise<Answer> {
    return answer(await this.#other.snapshotOf(query.model, this.#take()), this.#withoutErased(query));
  }

  /** @throws NoModelError, QueryError */
  popular(query: Query): Answer {
    return popular(this.#take(), query);
  }

  /** @throws NoModelError, QueryError */
  popularBy(query: Query, eventType: string): Answer {
    return popularBy(this.#take(), this.#withoutErased(query), eventType);
  }

  /** @throws NoModelError, QueryError */
  trending(query: Query, window: TrendWindow): TrendAnswer {
    return trending(this.#take(), this.#withoutErased(query), window);
  }

  /** @throws NoModelError, QueryError */
  boughtTogether(query: Query): Answer {
    return boughtTogether(this.#take(), this.#withoutErased(query));
  }

  /** @throws NoModelError, QueryError */
  alsoViewed(query: Query): Answer {
    return alsoViewed(this.#take(), this.#withoutErased(query));
  }

  /** @throws NoModelError, QueryError */
  becauseYouViewed(query: Query): BecauseAnswer {
    return becauseYouViewed(this.#take(), this.#withoutErased(query));
  }

  /** @throws NoModelError, QueryError */
  explain(query: Query & { readonly itemId: string }): PairExplanation {
    return explainItem(this.#take(), this.#withoutErased(query));
  }

  /** By the event type that the model's data has of this kind; what is popular at all where it has none. */
  popularAmong(query: Query, kind: PopularKind): Answer {
    const eventType = eventTypeOf(this.#take().model, kind);
    return eventType === undefined ? this.popular(query) : this.popularBy(query, eventType);
  }

  /** A given list in the user's order. @throws NoModelError, QueryError */
  rankGiven(query: Query, inputList: readonly string[]): Answer {
    return rankGiven(this.#take(), this.#withoutErased(query), inputList);
  }

  /** Scores of an answer's rows as shares of the whole catalogue, `undefined` for rows without. @throws NoModelError */
  shares(answered: Answer, query: Query, temperature: number): (number | undefined)[] {
    return catalogueShares(this.#take(), answered, { query: this.#withoutErased(query), temperature });
  }

  /** Is there such a filter among the rules? @throws NoModelError */
  hasFilter(name: string): boolean {
    return this.#take().rules.filterText(name) !== undefined;
  }

  /** What these columns of the catalogue say of items, by item id. @throws NoModelError, UnknownColumnError */
  columnsOf(itemIds: readonly string[], columns: readonly string[]): Map<string, Record<string, string>> {
    return columnsOf(this.#take(), itemIds, columns);
  }

  /** An answer's items as the storefront's own route shows them. */
  products(of: Answer): Product[] {
    return products(this.#take(), of);
  }

  /** @throws NoActivityError */
  async exportUser(userId: string): Promise<UserExport> {
    const { store } = this.#requireActivity();
    const { past, ...query } = this.#withoutErased(await this.recall({ userId }));
    const snapshot = this.#follower.snapshot;
    const history = snapshot === undefined ? [] : historyOf(snapshot, { ...query, past });
    return { userId, ...(await store.exportUser(userId)), history };
  }

  /** Gone from every answer once this resolves, known or not. @throws NoActivityError */
  eraseUser(userId: string): Promise<void> {
    return this.#requireActivity().erase(userId);
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

  #requireActivity(): Recall {
    if (this.activity === undefined) throw new NoActivityError("there is no store of activity");
    return this.activity;
  }

  /** The ledger of erasures holds for every model, whatever was recalled. */
  #withoutErased<Q extends Query>(query: Q): Q {
    const erasedAt = query.userId === undefined ? undefined : this.#source.erasures?.erasedAt(query.userId);
    if (erasedAt === undefined || erasedAt <= (query.past?.erasedAt ?? Number.NEGATIVE_INFINITY))
      return query;
    const past = { events: [], ...query.past, erasedAt };
    return { ...query, past, ...(query.shown && { shown: new Map() }) };
  }

  #take(): Snapshot {
    const { snapshot } = this;
    if (snapshot === undefined) throw new NoModelError(this.failure ?? "no model is loaded yet");
    return snapshot;
  }
}
