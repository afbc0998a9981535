import type { Catalog } from "../catalog/catalog.ts";

/** All titles as one text, which is looked through much faster than so many small ones. */
interface Titles {
  /** by the catalogue's rows, a line each, ready to search */
  readonly text: string;
  /** (count): where each line ends */
  readonly ends: Uint32Array;
  /** (count): of the last search, so that the next one needs no memory */
  readonly found: Uint8Array;
}

const titlesOf = new WeakMap<Catalog, Titles>();

/**
 * (the catalogue's items): 1 where the title holds every word of `q`, without regard to case or accents; `undefined`
 * where `q` holds no word. Good until the next search.
 */
export function findTitles(catalog: Catalog, q: string): Uint8Array | undefined {
  const words = [...new Set(fold(q).split(" "))].filter((word) => word !== "");
  if (words.length === 0) return undefined;
  const titles = foldedTitles(catalog);
  titles.found.fill(0);
  // A title that holds the first so many words is marked with their number.
  for (const [at, word] of words.entries()) markWord(titles, word, at);
  for (let row = 0; row < titles.found.length; row++)
    titles.found[row] = titles.found[row] === words.length ? 1 : 0;
  return titles.found;
}

/** One more for the titles that hold the word and are marked with `before`. After a hit the search goes on in the next line. */
function markWord({ text, ends, found }: Titles, word: string, before: number): void {
  let row = 0;
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, ends[row])) {
    while (ends[row] < at) row++;
    if (found[row] === before) found[row]++;
  }
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
    titles = { text: lines.join("\n"), ends, found: new Uint8Array(lines.length) };
    titlesOf.set(catalog, titles);
  }
  return titles;
}

function fold(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/\s+/g, " ");
}
