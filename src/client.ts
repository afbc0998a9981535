import type * as Contract from "./http/contract.ts";

export type * from "./http/contract.ts";

export interface ClientOptions {
  /** where the server is, with a gateway's stage if there is one: `https://shop.example/prod` */
  readonly baseUrl: string;
  /** a shopper's short-lived token, or on the shop's own servers a key; a function is asked before each request */
  readonly token?: string | (() => string | undefined | Promise<string | undefined>) | undefined;
  /** the platform's own unless said */
  readonly fetch?: typeof globalThis.fetch | undefined;
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

type Asker = Pick<Contract.RecommendationsQuery, "userId" | "sessionId">;
type Visit = Asker & Pick<Contract.RecommendationsQuery, "recent" | "hide">;
export type AlsoViewedQuery = Contract.ListQuery & Asker;
export type BecauseYouViewedQuery = Contract.ListQuery & Visit;
export type ExplainQuery = Visit & { itemId: string };
export type TrendingQuery = Contract.ListQuery & { window?: Contract.TrendAnswer["window"] };

type Query = Readonly<Record<string, unknown>>;

/** An answer that is not a success, with the problem that the server named (RFC 9457). */
export class AisleError extends Error {
  override readonly name = "AisleError";
  readonly status: number;
  readonly problem: Contract.ProblemBody;
  /** seconds after which it is worth another try, where the server says so */
  readonly retryAfter: number | undefined;

  constructor(problem: Contract.ProblemBody, retryAfter?: number) {
    const faults = (problem.errors ?? []).map(({ parameter, detail }) => `${parameter} ${detail}`);
    super([problem.detail ?? problem.title, ...faults].join(" "));
    this.status = problem.status;
    this.problem = problem;
    this.retryAfter = retryAfter;
  }
}

/** Longer queries go in a body: a gateway's request line is limited to about 10 KB. */
const queryLengthMax = 4000;

/**
 * A typed caller of every route, in browsers and Node alike. Each method rejects with an AisleError where the server
 * answers with a problem, with the signal's reason where it is aborted, and with fetch's own error where no answer came.
 */
export class Client {
  readonly #base: string;
  readonly #token: ClientOptions["token"];
  readonly #fetch: typeof globalThis.fetch;

  constructor({ baseUrl, token, fetch }: ClientOptions) {
    this.#base = baseUrl.replace(/\/+$/, "");
    this.#token = token;
    // A browser's fetch must not be called as a method of anything else.
    this.#fetch = fetch ?? ((...request) => globalThis.fetch(...request));
  }

  /** The best items for a user, a session or beside an item; long lists of ids go in a body by themselves. */
  recommendations(
    query: Contract.RecommendationsQuery = {},
    options?: CallOptions,
  ): Promise<Contract.Answer> {
    return searchOf(query).length > queryLengthMax
      ? this.#send("POST", "/recommendations", query, options)
      : this.#get("/recommendations", query, options);
  }

  similar(itemId: string, query: Contract.ListQuery = {}, options?: CallOptions): Promise<Contract.Answer> {
    return this.#get(`/items/${segment(itemId)}/similar`, query, options);
  }

  /** Only what goes together more often than chance; `reason` says why there is less than asked. */
  boughtTogether(
    itemId: string,
    query: Contract.ListQuery = {},
    options?: CallOptions,
  ): Promise<Contract.Answer> {
    return this.#get(`/items/${segment(itemId)}/bought-together`, query, options);
  }

  alsoViewed(itemId: string, query: AlsoViewedQuery = {}, options?: CallOptions): Promise<Contract.Answer> {
    return this.#get(`/items/${segment(itemId)}/also-viewed`, query, options);
  }

  becauseYouViewed(
    query: BecauseYouViewedQuery = {},
    options?: CallOptions,
  ): Promise<Contract.BecauseAnswer> {
    return this.#get("/because-you-viewed", query, options);
  }

  trending(query: TrendingQuery = {}, options?: CallOptions): Promise<Contract.TrendAnswer> {
    return this.#get("/trending", query, options);
  }

  /** Why this item: what each past item contributes to its score. */
  explain(query: ExplainQuery, options?: CallOptions): Promise<Contract.Explanation> {
    return this.#get("/explain", query, options);
  }

  popular(query: Contract.ListQuery = {}, options?: CallOptions): Promise<Contract.Answer> {
    return this.#get("/popular", query, options);
  }

  /** Twenty products for a shopper. */
  products(userId?: string, options?: CallOptions): Promise<Contract.Product[]> {
    return this.#get("/products", { user_id: userId }, options);
  }

  items(query: Contract.ItemsQuery = {}, options?: CallOptions): Promise<Contract.ItemPage> {
    return this.#get("/items", query, options);
  }

  item(itemId: string, options?: CallOptions): Promise<Contract.Item> {
    return this.#get(`/items/${segment(itemId)}`, {}, options);
  }

  async categories(options?: CallOptions): Promise<string[]> {
    return (await this.#get<{ categories: string[] }>("/categories", {}, options)).categories;
  }

  /** A demo's shoppers, whom a storefront may pretend to be; a shop's own server has none to offer. */
  shoppers(page?: number, options?: CallOptions): Promise<Contract.ShopperPage> {
    return this.#get("/shoppers", { page }, options);
  }

  /** Kept once this resolves; send it again with the same `eventId` if it does not. */
  putEvents(
    body: Contract.EventsBody,
    options?: CallOptions,
  ): Promise<{ accepted: number; repeated: number }> {
    return this.#send("POST", "/events", body, options);
  }

  putItems(body: Contract.ItemsBody, options?: CallOptions): Promise<{ accepted: number }> {
    return this.#send("POST", "/items", body, options);
  }

  putUsers(body: Contract.UsersBody, options?: CallOptions): Promise<{ accepted: number }> {
    return this.#send("POST", "/users", body, options);
  }

  exportUser(userId: string, options?: CallOptions): Promise<Contract.UserExport> {
    return this.#get(`/users/${segment(userId)}`, {}, options);
  }

  eraseUser(userId: string, options?: CallOptions): Promise<void> {
    return this.#send("DELETE", `/users/${segment(userId)}`, undefined, options);
  }

  model(options?: CallOptions): Promise<Contract.ModelFacts> {
    return this.#get("/model", {}, options);
  }

  ready(options?: CallOptions): Promise<Contract.Ready> {
    return this.#get("/health/ready", {}, options);
  }

  #get<T>(path: string, query: Query, options?: CallOptions): Promise<T> {
    return this.#send("GET", path + searchOf(query), undefined, options);
  }

  async #send<T>(method: string, path: string, body: unknown, { signal }: CallOptions = {}): Promise<T> {
    const token = typeof this.#token === "function" ? await this.#token() : this.#token;
    const headers: Record<string, string> = { Accept: "application/json, application/problem+json" };
    if (token) headers.Authorization = `Bearer ${token}`;
    const init: RequestInit = { method, headers };
    if (body !== undefined) {
      headers["Content-Type"] = "application/json";
      init.body = JSON.stringify(body);
    }
    if (signal) init.signal = signal;
    const response = await this.#fetch(this.#base + path, init);
    if (!response.ok) throw await errorOf(response);
    return (response.status === 204 ? undefined : await response.json()) as T;
  }
}

/** An id as one segment of a path. `.` and `..` cannot be: URLs drop them, however they are escaped. */
function segment(id: string): string {
  if (id === "" || id === "." || id === "..") throw new RangeError(`"${id}" cannot be part of a path`);
  return encodeURIComponent(id);
}

/** Lists repeat their name, records write theirs in brackets, and what is undefined is left out. */
function searchOf(query: Query): string {
  const search = new URLSearchParams();
  const add = (name: string, value: unknown): void => {
    if (Array.isArray(value)) for (const each of value) add(name, each);
    else if (typeof value === "object" && value !== null)
      for (const [key, each] of Object.entries(value)) add(`${name}[${key}]`, each);
    else if (value !== undefined) search.append(name, String(value));
  };
  for (const [name, value] of Object.entries(query)) add(name, value);
  return search.size === 0 ? "" : `?${search}`;
}

/** What stands between client and server may answer in its own words: those become a problem too. */
async function errorOf(response: Response): Promise<AisleError> {
  const { status, statusText } = response;
  const body = (await response.json().catch(() => undefined)) as Partial<Contract.ProblemBody> | undefined;
  const title = typeof body?.title === "string" ? body.title : statusText || `status ${status}`;
  const retryAfter = Number(response.headers.get("Retry-After") ?? Number.NaN);
  const problem = { type: "about:blank", ...body, title, status };
  return new AisleError(problem, Number.isFinite(retryAfter) ? retryAfter : undefined);
}
