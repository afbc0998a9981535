import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import type { Findings, Row } from "./comparison.ts";
import { Peer } from "./peer.ts";
import { comparePublished } from "./published-quality.ts";
import { compareOn } from "./shop-quality.ts";
import { completeJourney, demoShop, onlineRetail } from "./shops.ts";

/** What is recommended, beside everyone else tuned alike; here a ratio above 1 is better. */
export async function benchQuality(): Promise<Findings> {
  const peer = await Peer.start(availableParallelism());
  const folder = await mkdtemp(join(tmpdir(), "aisle-bench-"));
  const rows: Row[] = [];
  const notes: string[] = [
    "Here a ratio above 1 is better. Every shop is split by time; settings are chosen on its validation part, of twelve or " +
      "more for everyone with settings, for each task of its own (aisle's once, as `aisle train` does), then fitted again " +
      "on train + validation and scored on the test part once. Users are the unit; the interval is of the paired " +
      "difference. What is random is trained with five seeds, its figures are means over them.",
  ];
  try {
    const retail = await onlineRetail();
    if (!retail) notes.push("**Online Retail**: not measured, since `AISLE_DATA` does not name it.");
    for (const shop of [...(retail ? [retail] : []), demoShop(), await completeJourney(peer)]) {
      const found = await compareOn(shop, peer, join(folder, "peer"));
      rows.push(...found.rows);
      notes.push(...found.notes);
    }
  } finally {
    peer.stop();
    await rm(folder, { recursive: true });
  }
  const found = await comparePublished();
  return { title: "Quality", rows: [...rows, ...found.rows], notes: [...notes, ...found.notes] };
}
