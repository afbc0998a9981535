import type { Reason } from "../ranking/explain.ts";
import { deedOf } from "../ranking/words.ts";
import type { Because } from "./query.ts";
import type { Snapshot } from "./snapshot.ts";

/** A reason with the words that a storefront shows. The title in them is data: whoever shows it escapes it. */
export function becauseOf(snapshot: Snapshot, { row, share, typeBits }: Reason): Because {
  return { itemId: snapshot.model.items.id(row), share, words: becauseWords(snapshot, row, typeBits) };
}

/** "Because you bought Oak desk". */
export function becauseWords(snapshot: Snapshot, row: number, typeBits: number): string {
  const { model, catalog } = snapshot;
  const catalogRow = snapshot.catalogRow(row);
  const title = catalogRow === undefined ? model.items.id(row) : catalog!.item(catalogRow).title;
  return `Because you ${deedOf(model.header.confidence, typeBits)} ${title}`;
}
