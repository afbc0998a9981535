import { log } from "../log.ts";
import type { Registry } from "../registry/registry.ts";
import { registrySource } from "../serving/registry-source.ts";
import { Serving } from "../serving/serving.ts";
import type { Snapshot } from "../serving/snapshot.ts";

/** An item that a shopper did something with. */
export interface PastRow {
  readonly title: string;
  readonly category?: string | undefined;
  /** event types */
  readonly deeds: readonly string[];
  /** UTC, of the last event; absent where the data has no times */
  readonly day?: string | undefined;
}

/** An item that a shopper is shown. */
export interface ShownRow {
  readonly title: string;
  readonly category?: string | undefined;
  readonly price?: number | undefined;
  readonly source: string;
  /** the past items that it is owed to most */
  readonly because: readonly { readonly title: string; readonly share: number }[];
}

/** Somebody without a name. */
export interface Shopper {
  /** items */
  readonly historyLength: number;
  /** the latest of them, newest first */
  readonly history: readonly PastRow[];
  readonly rows: readonly ShownRow[];
}

export type Shoppers =
  | { readonly model: string; readonly examples: readonly Shopper[] }
  /** why there are none */
  | { readonly reason: string };

/** Where among the users, by length of history, the three stand. */
const quantiles = [0.1, 0.5, 0.9];
/** A history below this says nothing about anybody. */
const historyMin = 3;
/** A million users are not sorted to find three. */
const lookedAtMax = 20_000;
const rowsShown = 8;
const reasonsShown = 2;

/**
 * Three shoppers of the channel's live model with what they did and what they are shown, by the answers that serving
 * gives. Whoever the ledger of erasures names is passed over, and no id leaves this function.
 */
export async function findShoppers(registry: Registry, channel: string): Promise<Shoppers> {
  const source = registrySource(registry, channel);
  const speak = log.hush();
  const serving = await Serving.start({ source }).finally(speak);
  const { snapshot } = serving;
  if (snapshot === undefined) {
    return {
      reason: `No shoppers can be shown: ${serving.failure ?? `channel "${channel}" names no model`}.`,
    };
  }
  const isErased = (userId: string): boolean => source.erasures?.erasedAt(userId) !== undefined;
  const users = pickUsers(snapshot, isErased);
  if (users.length === 0) {
    return { reason: `The live model knows nobody with ${historyMin} items or more in the history.` };
  }
  return { model: snapshot.parts.version, examples: users.map((row) => shopperOf(serving, snapshot, row)) };
}

/** Rows of up to three users, by rising length of their histories. */
function pickUsers({ model }: Snapshot, isErased: (userId: string) => boolean): number[] {
  const step = Math.max(1, Math.ceil(model.userCount / lookedAtMax));
  const found: { row: number; size: number }[] = [];
  for (let row = 0; row < model.userCount; row += step) {
    const size = model.history(row).items.length;
    // The bytes of an id that retention has taken out are 0.
    if (size >= historyMin && !model.users.id(row).startsWith("\0") && !isErased(model.users.id(row))) {
      found.push({ row, size });
    }
  }
  found.sort((a, b) => a.size - b.size || a.row - b.row);
  const picked = quantiles.map((quantile) => found[Math.floor(quantile * found.length)]?.row);
  return [...new Set(picked.filter((row) => row !== undefined))];
}

function shopperOf(serving: Serving, snapshot: Snapshot, row: number): Shopper {
  const { model } = snapshot;
  const answer = serving.answer({ userId: model.users.id(row), numResults: rowsShown, explain: true });
  return {
    historyLength: model.history(row).items.length,
    history: historyOf(snapshot, row),
    rows: answer.items.map(({ itemId, item, source, because = [] }) => ({
      title: item?.title ?? itemId,
      category: item?.category,
      price: item?.price,
      source,
      because: because
        .slice(0, reasonsShown)
        .map((reason) => ({ title: describeId(snapshot, reason.itemId).title, share: reason.share })),
    })),
  };
}

function historyOf(snapshot: Snapshot, row: number): PastRow[] {
  const { items, strength, lastTime, typeBits } = snapshot.model.history(row);
  const { bitTypes } = snapshot.model.header.confidence;
  const order = Array.from(items.keys()).sort(
    (a, b) => lastTime[b] - lastTime[a] || strength[b] - strength[a] || items[a] - items[b],
  );
  return order.slice(0, rowsShown).map((at) => ({
    ...describeRow(snapshot, items[at]),
    deeds: bitTypes.filter((_, bit) => (typeBits[at] >> bit) & 1).map((types) => types.join(" or ")),
    day: lastTime[at] > 0 ? new Date(lastTime[at] * 1000).toISOString().slice(0, 10) : undefined,
  }));
}

function describeId(snapshot: Snapshot, itemId: string) {
  const row = snapshot.model.items.row(itemId);
  return row < 0 ? { title: itemId } : describeRow(snapshot, row);
}

/** Items that are no longer sold are named too: the past does not change. */
function describeRow(snapshot: Snapshot, itemRow: number): { title: string; category?: string | undefined } {
  const catalogRow = snapshot.catalogRow(itemRow);
  const item = catalogRow === undefined ? undefined : snapshot.catalog?.item(catalogRow);
  return { title: item?.title ?? snapshot.model.items.id(itemRow), category: item?.category };
}
