import type { Catalog } from "../catalog/catalog.ts";

/** All titles as one text, which is looked through much faster than so many small ones. */
interface Titles {
  /** by the catalogue's rows, a line each, ready to search */
  readonly text: string;
  /** (count): where each line ends */
  readonly ends: Uint32Array;
}

const titlesOf = new WeakMap<Catalog, Titles>();

/**
 * (the catalogue's items): 1 where the title holds every word of `q`, without regard to case or accents; `undefined`
 * where `q` holds no word.
 */
export function findTitles(catalog: Catalog, q: string): Uint8Array | undefined {
  // The longest word is likely the rarest.
  const [first, ...others] = fold(q)
    .split(" ")
    .filter((word) => word !== "")
    .sort((a, b) => b.length - a.length);
  if (first === undefined) return undefined;
  const { text, ends } = foldedTitles(catalog);
  const found = new Uint8Array(catalog.count);
  let row = 0;
  for (let at = text.indexOf(first); at >= 0; at = text.indexOf(first, ends[row])) {
    while (ends[row] < at) row++;
    const begin = row === 0 ? 0 : ends[row - 1] + 1;
    if (others.length === 0 || holdsAll(text.slice(begin, ends[row]), others)) found[row] = 1;
  }
  return found;
}

function holdsAll(title: string, words: readonly string[]): boolean {
  return words.every((word) => title.includes(word));
}

/** Made at the first search. */
function foldedTitles(catalog: Catalog): Titles {
  let titles = titlesOf.get(catalog);
  if (titles === undefined) {
    const lines = Array.from({ length: catalog.count }, (_, row) => fold(catalog.item(row).title));
    const ends = new Uint32Array(lines.length);
    for (let row = 0, at = 0; row < lines.length; row++, at++) {
      at += lines[row].length;
      ends[row] = at;
    }
    titles = { text: lines.join("\n"), ends };
    titlesOf.set(catalog, titles);
  }
  return titles;
}

function fold(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/\s+/g, " ");
}
