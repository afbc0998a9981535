import { access, mkdir } from "node:fs/promises";
import { makeDemoShop } from "../src/demo/shop.ts";
import type { EventLog } from "../src/interactions/event-log.ts";
import { readEvents } from "../src/interactions/read-events.ts";
import type { Peer } from "./peer.ts";

/** Events that models are trained on and judged by. */
export interface BenchShop {
  readonly name: string;
  readonly events: EventLog;
}

/** Where data is kept that a package carries in another form. */
const kept = new URL(".venv/data/", import.meta.url).pathname;

export async function onlineRetail(): Promise<BenchShop | undefined> {
  const folder = process.env.AISLE_DATA;
  if (!folder) return undefined;
  const { log } = await readEvents([`${folder}/online-retail/events.csv.gz`]);
  return { name: "Online Retail", events: log };
}

/** Simulated by 84.51° from real grocery patterns. */
export async function completeJourney(peer: Peer): Promise<BenchShop> {
  const path = `${kept}complete-journey.csv`;
  await mkdir(kept, { recursive: true });
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  if (!isThere) await peer.call("train.complete_journey", { path });
  const { log } = await readEvents([path]);
  return { name: "Complete Journey", events: log };
}

export function demoShop(): BenchShop {
  return { name: "demo shop", events: makeDemoShop().events };
}
