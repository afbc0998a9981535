import { newId } from "./new-id.ts";
import { readVisit, type VisitState } from "./visit-state.ts";

/*
 * What the page keeps. In localStorage, for next time: the chosen shopper, the carts, and the last popular list, which
 * is about nobody. In sessionStorage, for this tab: the visit. Storage may be full, forbidden or somebody else's: the
 * shop then goes on without.
 */

const shopperKey = "aisle.shopper";
export const cartsKey = "aisle.carts";
const popularKey = "aisle.popular";

export function keptShopper(): string | undefined {
  const kept = read(localStorage, shopperKey);
  return typeof kept === "string" ? kept : undefined;
}

/** `undefined` forgets: a new visitor is nobody. */
export function keepShopper(userId: string | undefined): void {
  write(localStorage, shopperKey, userId);
}

export function keptCarts(): Record<string, unknown> {
  const kept = read(localStorage, cartsKey);
  return typeof kept === "object" && kept !== null ? (kept as Record<string, unknown>) : {};
}

export function keepCarts(carts: Readonly<Record<string, unknown>>): void {
  write(localStorage, cartsKey, carts);
}

export function keptPopular(): unknown {
  return read(localStorage, popularKey);
}

export function keepPopular(answer: unknown): void {
  write(localStorage, popularKey, answer);
}

/** The left and the right half of a split screen are two visits, also of the same shopper. */
export type Side = "left" | "right";

const visitKey = (side: Side, userId: string | undefined): string => `aisle.visit.${side}.${userId ?? ""}`;

/** This tab's visit of a shopper; a new one where there is none yet, or `isFresh` asks for it. */
export function openVisit(side: Side, userId: string | undefined, isFresh = false): VisitState {
  const kept = isFresh ? undefined : readVisit(read(sessionStorage, visitKey(side, userId)));
  if (kept) return kept;
  const opened = { sessionId: newId(), deeds: [] };
  keepVisit(side, userId, opened);
  return opened;
}

export function keepVisit(side: Side, userId: string | undefined, visit: VisitState): void {
  write(sessionStorage, visitKey(side, userId), visit);
}

export function keptOrder(orderId: string): unknown {
  return read(sessionStorage, `aisle.order.${orderId}`);
}

export function keepOrder(orderId: string, order: unknown): void {
  write(sessionStorage, `aisle.order.${orderId}`, order);
}

function read(storage: Storage, key: string): unknown {
  try {
    const text = storage.getItem(key);
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function write(storage: Storage, key: string, value: unknown): void {
  try {
    if (value === undefined) storage.removeItem(key);
    else storage.setItem(key, JSON.stringify(value));
  } catch {
    // Full or forbidden: nothing that a shopper would want to hear of.
  }
}
