const sources: Readonly<Record<string, string>> = {
  als: "by what this shopper did before",
  "fold-in": "by what was done in this visit",
  similar: "liked by the same shoppers",
  "bought-together": "bought in the same orders",
  "also-viewed": "looked at in the same visits",
  trending: "on the rise",
  popular: "what most people take",
  content: "alike in words and category",
  promoted: "promoted by the merchant",
  pinned: "pinned by the merchant",
  exploration: "a place for something new",
};

/** Where an answer or a row comes from, in a few words. */
export function sourceWords(source: string): string {
  return sources[source] ?? source;
}

const reasons: Readonly<Record<string, string>> = {
  als: "It fits what this shopper did before.",
  "fold-in": "It fits what was done in this visit.",
  similar: "The same shoppers like both.",
  "bought-together": "It is bought in the same orders more often than chance explains.",
  "also-viewed": "It is looked at in the same visits.",
  trending: "It is taken much more than usual just now.",
  popular: "Most people take it. Nothing about this shopper was needed for that.",
  content: "Too new to be known by anybody’s deeds: its words and category are alike.",
  promoted: "The merchant promotes it.",
  pinned: "The merchant pinned it here.",
  exploration: "A few places are kept for things that are new, so that they get their chance.",
};

/** Why a row is there, in a sentence. */
export function reasonWords(source: string): string {
  return reasons[source] ?? `It comes from “${source}”.`;
}

const deeds: Readonly<Record<string, string>> = {
  View: "Looked at",
  AddToCart: "Put in the cart:",
  ViewCart: "Looked at the cart with",
  StartCheckout: "Went to pay for",
  Purchase: "Bought",
};

/** What an event says, without the item's name. */
export function deedWords(eventType: string): string {
  return deeds[eventType] ?? `${eventType}:`;
}

const fates = {
  sending: "on its way",
  kept: "kept by the server",
  refused: "refused: this page remembers it instead",
  waiting: "waiting for a connection",
} as const;

export function fateWords(state: keyof typeof fates): string {
  return fates[state];
}

/** "Because you bought Oak desk" as what was done: "Bought Oak desk". */
export function doneWords(because: string): string {
  const done = because.replace(/^Because you /, "");
  return done.charAt(0).toUpperCase() + done.slice(1);
}

const routes: readonly (readonly [RegExp, string])[] = [
  [/^\/recommendations\b.*[?&]itemId=/, "Items like one item"],
  [/^\/recommendations\b/, "Rows for the shopper"],
  [/^\/items\/[^/]+\/similar/, "Similar items"],
  [/^\/items\/[^/]+\/bought-together/, "Bought together"],
  [/^\/items\/[^/]+\/also-viewed/, "Also viewed"],
  [/^\/because-you-viewed/, "Because you viewed …"],
  [/^\/trending/, "Trending"],
  [/^\/popular/, "Popular"],
  [/^\/items\?.*[?&]?q=/, "Search"],
  [/^\/items\/[^/?]+$/, "One product"],
  [/^\/items/, "A page of products"],
  [/^\/events/, "What was done, told to the server"],
  [/^\/explain/, "Why this?"],
  [/^\/categories/, "The categories"],
  [/^\/shoppers/, "Shoppers to choose from"],
  [/^\/health/, "Is a model there?"],
  [/^\/model/, "Which model serves?"],
];

/** What a request was for, where the page that made it has not said so. */
export function routeWords(path: string): string {
  return routes.find(([pattern]) => pattern.test(path))?.[1] ?? path.replace(/\?.*$/, "");
}

/** Milliseconds as somebody would say them. */
export function took(milliseconds: number): string {
  if (milliseconds < 10) return `${Math.max(0.1, milliseconds).toFixed(1)} ms`;
  return `${Math.round(milliseconds)} ms`;
}

export function percent(share: number): string {
  return share > 0 && share < 0.01 ? "under 1 %" : `${Math.round(share * 100)} %`;
}
