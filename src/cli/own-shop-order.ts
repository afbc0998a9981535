import type { ReadingSettings } from "../local/own-shop-state.ts";

/** A dropped file and what was said of it. */
export interface FileOrder extends ReadingSettings {
  readonly path: string;
  /** as it was called where it came from: what messages say */
  readonly name: string;
}

/** What the process that serves asks of the one that reads and trains. */
export type OwnShopOrder =
  | { readonly task: "read events" | "read items"; readonly file: FileOrder }
  | { readonly task: "train"; readonly events: FileOrder; readonly items: FileOrder | undefined };

/** Flags that say `order` to the hidden command that carries it out. */
export function orderArgs(order: OwnShopOrder): string[] {
  return ["own-shop", "--order", JSON.stringify(order)];
}

/** Every row that is no event may be left out where somebody said so, else a hundredth of them. */
export function badShareOf({ allowsBadRows }: ReadingSettings): number {
  return allowsBadRows ? 1 : 0.01;
}

/** Where a file was kept is nobody's business: messages call it as it was called. */
export function named(message: string, { path, name }: Pick<FileOrder, "path" | "name">): string {
  return message.replaceAll(path, name);
}
