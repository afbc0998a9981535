/** A look for an item without a picture, from its id alone: the same on every page and every day. */
export interface Tone {
  /** degrees on the colour wheel */
  readonly hue: number;
  /** which of the compositions, from 0 */
  readonly form: number;
}

export const formCount = 4;

/** FNV-1a over the id's UTF-16 units: neighbouring ids get distant tones. */
export function toneOf(itemId: string): Tone {
  let hash = 0x811c9dc5;
  for (let at = 0; at < itemId.length; at++) {
    hash = Math.imul(hash ^ itemId.charCodeAt(at), 0x01000193);
  }
  // The last step spreads ids that differ in their last letter only.
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 0;
  return { hue: hash % 360, form: Math.floor(hash / 360) % formCount };
}

/** How large a title may be set: `s` for those that would otherwise not fit their card. */
export function sizeOf(title: string): "xl" | "l" | "m" | "s" {
  const longest = Math.max(...title.split(/\s+/).map((word) => word.length));
  if (title.length <= 14 && longest <= 8) return "xl";
  if (title.length <= 28 && longest <= 10) return "l";
  return title.length <= 52 && longest <= 14 ? "m" : "s";
}
