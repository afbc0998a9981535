import type { Catalog } from "../catalog/catalog.ts";
import { noCategory } from "../catalog/catalog.ts";
import { TopRows } from "../model/top-rows.ts";
import type { Snapshot } from "./snapshot.ts";

/**
 * New items of which a content start is worked out, the newest: more than a shop lists in a day, and what the first
 * request that asks pays for is bounded.
 */
const newMax = 500;
/** Known items that new ones are compared with, the most popular: their factors are the surest. */
const anchorsMax = 5000;
/** A new item takes after so many known ones. */
const kinMax = 20;

/** What of an item can be compared before anybody took it. */
interface Features {
  readonly category: number;
  /** NaN without a price */
  readonly logPrice: number;
  readonly words: ReadonlySet<string>;
}

interface Anchor extends Features {
  /** the model's row */
  readonly row: number;
}

/** Where new items start: beside the known ones that their category, price and title are like. */
export class ContentStart {
  /** rows of the catalogue, newest first */
  readonly newRows: Uint32Array;
  readonly #snapshot: Snapshot;
  readonly #anchors: readonly Anchor[];
  /** a word → anchors with it */
  readonly #wordCounts = new Map<string, number>();
  /** rows of the catalogue → the mean of the kin's factors; absent where an item is like nothing */
  readonly #vectors = new Map<number, Float32Array>();

  constructor(snapshot: Snapshot, catalog: Catalog) {
    this.#snapshot = snapshot;
    this.newRows = newestRows(snapshot, catalog);
    this.#anchors = this.newRows.length === 0 ? [] : anchorsOf(snapshot, catalog);
    for (const { words } of this.#anchors) {
      for (const word of words) this.#wordCounts.set(word, (this.#wordCounts.get(word) ?? 0) + 1);
    }
    if (snapshot.model.rank === 0) return;
    for (const row of this.newRows) {
      const vector = this.#meanOf(this.kin(row, kinMax));
      if (vector) this.#vectors.set(row, vector);
    }
  }

  /** The model's rows that are most like an item of the catalogue, best first, with how like they are, above 0. */
  kin(catalogRow: number, k: number, hidden?: Uint8Array) {
    const own = featuresOf(this.#snapshot.catalog!, catalogRow);
    const top = new TopRows(Math.min(k, this.#anchors.length));
    for (const anchor of this.#anchors) {
      const like = hidden?.[anchor.row] ? 0 : this.#likeness(own, anchor);
      if (like > 0) top.offer(anchor.row, like);
    }
    return top.take();
  }

  /** The score of a new item for a user's vector; undefined where nothing known is like it. */
  score(catalogRow: number, vector: Float32Array): number | undefined {
    return this.#vectors.get(catalogRow)?.reduce((sum, value, k) => sum + value * vector[k], 0);
  }

  /** 1 for the same category, up to ½ for a near price, up to 1 for the same words, rare ones counting more. */
  #likeness(own: Features, other: Features): number {
    const category = own.category !== noCategory && own.category === other.category ? 1 : 0;
    const shared = this.#weight([...own.words].filter((word) => other.words.has(word)));
    const words = shared === 0 ? 0 : shared / Math.sqrt(this.#weight(own.words) * this.#weight(other.words));
    // A near price alone makes nothing alike.
    if (category + words === 0) return 0;
    const apart = Math.abs(own.logPrice - other.logPrice);
    return category + words + (Number.isNaN(apart) ? 0 : 0.5 * Math.exp(-2 * apart));
  }

  /** Σ log(anchors ÷ anchors with the word). */
  #weight(words: Iterable<string>): number {
    let sum = 0;
    for (const word of words) sum += Math.log((this.#anchors.length + 1) / (this.#wordCounts.get(word) ?? 1));
    return sum;
  }

  #meanOf({ rows, scores }: ReturnType<TopRows["take"]>): Float32Array | undefined {
    if (rows.length === 0) return undefined;
    const { model } = this.#snapshot;
    const mean = new Float64Array(model.rank);
    const total = scores.reduce((sum, like) => sum + like, 0);
    rows.forEach((row, at) => {
      model.itemVector(row).forEach((value, k) => {
        mean[k] += (value * scores[at]) / total;
      });
    });
    return Float32Array.from(mean);
  }
}

const starts = new WeakMap<Snapshot, ContentStart>();

/** Made at the first request that asks for it; kept with the snapshot. */
export function contentStart(snapshot: Snapshot): ContentStart | undefined {
  if (snapshot.catalog === undefined || snapshot.newRows.length === 0) return undefined;
  const start = starts.get(snapshot) ?? new ContentStart(snapshot, snapshot.catalog);
  starts.set(snapshot, start);
  return start;
}

function newestRows({ newRows }: Snapshot, { createdAt }: Catalog): Uint32Array {
  const time = (row: number): number => (Number.isNaN(createdAt[row]) ? 0 : createdAt[row]);
  return newRows.toSorted((a, b) => time(b) - time(a) || a - b).subarray(0, newMax);
}

function anchorsOf(snapshot: Snapshot, catalog: Catalog): Anchor[] {
  const anchors: Anchor[] = [];
  for (const row of snapshot.model.popularRows) {
    const catalogRow = snapshot.catalogRow(row);
    if (catalogRow !== undefined) anchors.push({ row, ...featuresOf(catalog, catalogRow) });
    if (anchors.length === anchorsMax) break;
  }
  return anchors;
}

function featuresOf(catalog: Catalog, row: number): Features {
  const { title } = catalog.item(row);
  const price = catalog.price[row];
  return {
    category: catalog.category[row],
    logPrice: price > 0 ? Math.log(price) : Number.NaN,
    words: new Set(
      title
        .normalize("NFKD")
        .replace(/\p{M}/gu, "")
        .toLowerCase()
        .match(/\p{L}{3,}/gu),
    ),
  };
}
