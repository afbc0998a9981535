import type { Snapshot } from "./snapshot.ts";

const ages = new WeakMap<Snapshot, Uint32Array>();

/**
 * (model's items): epoch seconds since which an item is there, as the catalogue says, else its first event; 0 where
 * neither is known. Kept with the snapshot.
 */
export function bornAt(snapshot: Snapshot): Uint32Array {
  const { model, catalog } = snapshot;
  if (catalog === undefined) return model.itemTables.firstSeen;
  const kept = ages.get(snapshot);
  if (kept) return kept;
  const born = model.itemTables.firstSeen.slice();
  for (let row = 0; row < born.length; row++) {
    const catalogRow = snapshot.catalogRow(row);
    const created = catalogRow === undefined ? Number.NaN : catalog.createdAt[catalogRow];
    if (created > 0) born[row] = created;
  }
  ages.set(snapshot, born);
  return born;
}
