import { Random } from "../math/random.ts";
import { answer } from "../serving/answer.ts";
import type { Snapshot } from "../serving/snapshot.ts";

/** Who is shown what, found by asking for a sample of everybody's lists. */
export interface Reach {
  /** ids of products on sale that were in nobody's list */
  readonly unreached: readonly string[];
  /** products on sale */
  readonly productCount: number;
  /** users asked for */
  readonly listCount: number;
}

export const reachLength = 25;
const usersMax = 2000;
/** Between two portions other requests are answered. */
const portion = 20;

const found = new WeakMap<Snapshot, Promise<Reach>>();

/** The first rows of up to 2,000 users and of a newcomer, with the rules that are live; found once for a snapshot. */
export function reachOf(snapshot: Snapshot): Promise<Reach> {
  const known = found.get(snapshot) ?? findReach(snapshot);
  found.set(snapshot, known);
  return known;
}

async function findReach(snapshot: Snapshot): Promise<Reach> {
  const { model } = snapshot;
  const rows = new Random(1).shuffle(Array.from({ length: model.userCount }, (_, row) => row));
  const users = rows.slice(0, usersMax).map((row) => model.users.id(row));
  const shown = new Set<string>();
  const show = (userId?: string) => {
    const { items } = answer(snapshot, { userId, numResults: reachLength });
    for (const { itemId } of items) shown.add(itemId);
  };
  show();
  for (let at = 0; at < users.length; at += portion) {
    await new Promise((resolve) => setImmediate(resolve));
    for (const userId of users.slice(at, at + portion)) show(userId);
  }
  const products = productIds(snapshot);
  return {
    unreached: products.filter((itemId) => !shown.has(itemId)),
    productCount: products.length,
    listCount: users.length,
  };
}

function productIds({ model, catalog }: Snapshot): string[] {
  if (catalog === undefined) return [...model.items];
  const onSale = Array.from({ length: catalog.count }, (_, row) => row).filter(
    (row) => catalog.available[row] !== 0,
  );
  return onSale.map((row) => catalog.ids.id(row));
}
