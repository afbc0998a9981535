/** What a heading needs of an answer. */
export interface Headed {
  readonly source: string;
  readonly items: readonly {
    readonly because?: readonly { readonly itemId: string; readonly share: number }[] | undefined;
  }[];
}

export interface Heading {
  readonly words: string;
  /** items that the row is owed to, most first; named after the words */
  readonly because: readonly string[];
}

export interface HeadedFor {
  readonly isKnown: boolean;
  /** has the shopper done anything in this visit? */
  readonly isActive: boolean;
}

const becauseMax = 2;

/** The heading of a page's first row, from what its answer says of itself. */
export function headingOf(answer: Headed, { isKnown, isActive }: HeadedFor): Heading {
  if (answer.source === "trending") return { words: "Trending products", because: [] };
  if (answer.source === "popular") return { words: "Popular right now", because: [] };
  if (isKnown && !isActive) return { words: "Inspired by your shopping trends", because: [] };
  const because = reasonsOf(answer).slice(0, becauseMax);
  return { words: because.length > 0 ? "For you, because of" : "For you", because };
}

/** The past items that a row is owed to, by the sum of their shares over its items. */
export function reasonsOf({ items }: Headed): string[] {
  const shares = new Map<string, number>();
  for (const { because = [] } of items) {
    for (const { itemId, share } of because) shares.set(itemId, (shares.get(itemId) ?? 0) + share);
  }
  return Array.from(shares)
    .sort(([, a], [, b]) => b - a)
    .map(([itemId]) => itemId);
}
