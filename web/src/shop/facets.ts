/** The part of an item that facets look at. */
export interface Faceted {
  readonly itemId: string;
  readonly price?: number | undefined;
  readonly style?: string | undefined;
}

/** What a shopper has chosen; empty means everything. */
export interface Choice {
  readonly styles: readonly string[];
  /** indices of `priceBands` */
  readonly band: PriceBand | undefined;
}

/** From `from`, up to but without `to`. */
export interface PriceBand {
  readonly from: number;
  readonly to: number;
}

export interface StyleCount {
  readonly style: string;
  /** items that remain if it is chosen, under the chosen price */
  readonly count: number;
}

const bandsMax = 4;
const steps = [1, 2, 2.5, 5, 10];

/** Up to four ranges of about as many items each, with limits that people would name. */
export function priceBands(items: readonly Faceted[]): PriceBand[] {
  const prices = items.flatMap(({ price }) => (price === undefined ? [] : [price])).sort((a, b) => a - b);
  if (prices.length === 0) return [];
  const limits = new Set<number>();
  for (let part = 1; part < bandsMax; part++) {
    limits.add(roundNicely(prices[Math.floor((prices.length * part) / bandsMax)]));
  }
  const inside = [...limits]
    .filter((limit) => limit > prices[0] && limit <= prices.at(-1)!)
    .sort((a, b) => a - b);
  const edges = [0, ...inside, Number.POSITIVE_INFINITY];
  return edges.slice(1).map((to, at) => ({ from: edges[at], to }));
}

/** To one of 1, 2, 2.5 or 5 times a power of ten, whichever is nearest. */
function roundNicely(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1)));
  const nearest = steps.reduce((best, step) =>
    Math.abs(step * power - value) < Math.abs(best * power - value) ? step : best,
  );
  return nearest * power;
}

/** The items that a choice leaves, in their order. */
export function chosenItems<Item extends Faceted>(items: readonly Item[], choice: Choice): Item[] {
  return items.filter((item) => fitsBand(item, choice.band) && fitsStyles(item, choice.styles));
}

/** Each style with what it would leave, most items first; a chosen style stays listed though it leaves nothing. */
export function styleCounts(items: readonly Faceted[], { styles, band }: Choice): StyleCount[] {
  const counts = new Map<string, number>(styles.map((style) => [style, 0]));
  for (const item of items) {
    if (item.style === undefined) continue;
    counts.set(item.style, (counts.get(item.style) ?? 0) + (fitsBand(item, band) ? 1 : 0));
  }
  return Array.from(counts, ([style, count]) => ({ style, count })).sort(
    (a, b) => b.count - a.count || (a.style < b.style ? -1 : 1),
  );
}

export function fitsBand({ price }: Faceted, band: PriceBand | undefined): boolean {
  return band === undefined || (price !== undefined && price >= band.from && price < band.to);
}

function fitsStyles({ style }: Faceted, styles: readonly string[]): boolean {
  return styles.length === 0 || (style !== undefined && styles.includes(style));
}

/** As the page's address carries it: `?style=nordic&style=retro&price=50-100`. */
export function choiceOf(search: URLSearchParams): Choice {
  const [, from, to] = /^(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)?$/.exec(search.get("price") ?? "") ?? [];
  const band =
    from === undefined
      ? undefined
      : { from: Number(from), to: to === undefined ? Number.POSITIVE_INFINITY : Number(to) };
  return { styles: [...new Set(search.getAll("style"))], band };
}

/** The other way of `choiceOf`; what else the address says stays. */
export function withChoice(search: URLSearchParams, { styles, band }: Choice): URLSearchParams {
  const next = new URLSearchParams(search);
  next.delete("style");
  next.delete("price");
  for (const style of styles) next.append("style", style);
  if (band) next.set("price", `${band.from}-${Number.isFinite(band.to) ? band.to : ""}`);
  return next;
}
