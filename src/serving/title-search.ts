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
  const words = [...new Set(fold(q).split(" "))].filter((word) => word !== "");
  if (words.length === 0) return undefined;
  const titles = foldedTitles(catalog);
  const found = findWord(titles, words[0]);
  for (const word of words.slice(1)) {
    const also = findWord(titles, word);
    for (let row = 0; row < found.length; row++) found[row] &= also[row];
  }
  return found;
}

/** (titles): 1 where the word is. After a hit the search goes on in the next line. */
function findWord({ text, ends }: Titles, word: string): Uint8Array {
  const found = new Uint8Array(ends.length);
  let row = 0;
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, ends[row])) {
    while (ends[row] < at) row++;
    found[row] = 1;
  }
  return found;
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
