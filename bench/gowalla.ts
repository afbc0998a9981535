import { aggregate } from "../src/interactions/aggregate-by-formula.ts";
import { defaultConfidence } from "../src/interactions/confidence.ts";
import type { EventLog } from "../src/interactions/event-log.ts";
import { readEvents } from "../src/interactions/read-events.ts";
import type { SparseRows } from "../src/math/sparse.ts";

/** A part of LightGCN's split, or nothing where `AISLE_DATA` has none. */
export async function gowallaEvents(part: "train" | "test"): Promise<EventLog | undefined> {
  const folder = process.env.AISLE_DATA;
  if (!folder) return undefined;
  const { log } = await readEvents([`${folder}/gowalla/${part}.txt.gz`], { format: "lists" });
  return log;
}

export async function gowallaPairs(part: "train" | "test"): Promise<SparseRows | undefined> {
  const log = await gowallaEvents(part);
  return log && aggregate(log, defaultConfidence).confidence;
}
