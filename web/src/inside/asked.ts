/** What of a request is looked at here. */
export interface Call {
  /** path and query */
  readonly path: string;
  /** of a POST, parsed */
  readonly body?: unknown;
  /** the answer's body, parsed */
  readonly answer?: unknown;
}

/** What an answer of rows has, whichever route it is from. */
export interface Rows {
  readonly recommendationId: string;
  readonly source: string;
  readonly model: { readonly version: string };
  readonly items: readonly {
    readonly itemId: string;
    readonly source: string;
    readonly item?: { readonly title: string } | undefined;
  }[];
}

/** Is the answer of this request rows? */
export function isRowCall<Made extends Call>(call: Made): call is Made & { readonly answer: Rows } {
  const { recommendationId, items } = (call.answer ?? {}) as Partial<Rows>;
  return typeof recommendationId === "string" && Array.isArray(items);
}

/** Who asked, as far as the request says: what an explanation and a comparison have to ask alike. */
export interface Asker {
  readonly userId?: string;
  readonly sessionId?: string;
  readonly recent?: string[];
}

/** @param call a GET, or a POST with the same names in its body */
export function askerOf({ path, body }: Call): Asker {
  const query = searchOf(path);
  const said = (body ?? {}) as Asker;
  const userId = query.get("userId") ?? said.userId;
  const sessionId = query.get("sessionId") ?? said.sessionId;
  const recent = query.has("recent") ? query.getAll("recent") : said.recent;
  return {
    ...(userId !== undefined && { userId }),
    ...(sessionId !== undefined && { sessionId }),
    ...(recent !== undefined && recent.length > 0 && { recent }),
  };
}

/** The item that a row was asked beside, if it was. */
export function seedOf({ path, answer }: Call): string | undefined {
  const [, segment] = /\/items\/([^/?]+)\/(?:similar|bought-together|also-viewed)/.exec(path) ?? [];
  if (segment !== undefined) return decodeURIComponent(segment);
  const { seed } = (answer ?? {}) as { seed?: { itemId: string } };
  return seed?.itemId ?? searchOf(path).get("itemId") ?? undefined;
}

/** Different people in the calls, whoever asked last first. */
export function askersOf(calls: readonly Call[]): Asker[] {
  const found = new Map<string, Asker>();
  for (const call of calls.toReversed()) {
    if (!isRowCall(call)) continue;
    const asker = askerOf(call);
    const key = asker.userId ?? asker.sessionId;
    if (key !== undefined && !found.has(key)) found.set(key, asker);
  }
  return [...found.values()];
}

export function nameOf({ userId }: Asker): string {
  return userId === undefined ? "the new visitor" : `shopper ${userId}`;
}

/** What the items of the answers are called. */
export function titlesOf(calls: readonly Call[]): ReadonlyMap<string, string> {
  const titles = new Map<string, string>();
  for (const call of calls) {
    const { itemId, title, items } = (call.answer ?? {}) as {
      itemId?: unknown;
      title?: unknown;
      items?: readonly { itemId: string; title?: string; item?: { title: string } }[];
    };
    if (typeof itemId === "string" && typeof title === "string") titles.set(itemId, title);
    if (!Array.isArray(items)) continue;
    for (const row of items) {
      const name = row.item?.title ?? row.title;
      if (name !== undefined) titles.set(row.itemId, name);
    }
  }
  return titles;
}

/** A row of one list beside another: where it is in the other one. */
export interface BesideRow {
  readonly itemId: string;
  readonly title: string;
  readonly source: string;
  /** from 1; absent where the other list does not have it */
  readonly elsewhere: number | undefined;
}

export function rowsBeside(answer: Rows, other: Rows | undefined): BesideRow[] {
  const ranks = new Map(other?.items.map(({ itemId }, at) => [itemId, at + 1]));
  return answer.items.map(({ itemId, item, source }) => ({
    itemId,
    title: item?.title ?? itemId,
    source,
    elsewhere: ranks.get(itemId),
  }));
}

/** Who is asked for in a comparison, on one of its sides. */
export type Side =
  | { readonly kind: "personal" | "popular" }
  | { readonly kind: "model"; readonly version: string };

export const besideCount = 10;

export function besideQuery(asker: Asker, side: Side): Asker & { numResults: number; model?: string } {
  const model = side.kind === "model" ? { model: side.version } : {};
  return { ...asker, numResults: besideCount, ...model };
}

function searchOf(path: string): URLSearchParams {
  const at = path.indexOf("?");
  return new URLSearchParams(at < 0 ? "" : path.slice(at));
}
