import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { CatalogItem } from "../catalog/catalog-item.ts";
import type { EventLog } from "../interactions/event-log.ts";
import type { DemoShop } from "./shop.ts";
import { packTruth } from "./truth-file.ts";

export interface DemoFiles {
  /** columns user_id, item_id, event_type, timestamp (epoch seconds), value, order_id; in order of time */
  readonly events: string;
  readonly items: string;
  /** an array of `Shopper` */
  readonly shoppers: string;
  readonly truth: string;
}

/** Writes the shop's four files into `folder`, each aside first and then renamed: none is ever seen half-written. */
export async function writeDemoShop(shop: DemoShop, folder: string): Promise<DemoFiles> {
  await mkdir(folder, { recursive: true });
  const files = {
    events: join(folder, "events.csv.gz"),
    items: join(folder, "items.csv"),
    shoppers: join(folder, "shoppers.json"),
    truth: join(folder, "truth.json"),
  };
  const aside = await mkdtemp(join(dirname(files.events), ".demo-"));
  try {
    const contents = {
      events: await promisify(gzip)(eventsCsv(shop.events), { level: 1 }),
      items: itemsCsv(shop.items),
      shoppers: `${JSON.stringify(shop.shoppers, null, 1)}\n`,
      truth: packTruth(shop.truth),
    };
    const names = Object.keys(files) as (keyof DemoFiles)[];
    for (const name of names) await writeFile(join(aside, name), contents[name]);
    for (const name of names) await rename(join(aside, name), files[name]);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
  return files;
}

/** The same bytes on every machine; compressed ones may differ from one zlib to another. */
export function eventsCsv(log: EventLog): Uint8Array {
  const users = Array.from(log.users, quote);
  const items = Array.from(log.items, quote);
  const types = log.eventTypes.map(quote);
  const chunks: Buffer[] = [];
  let text = "user_id,item_id,event_type,timestamp,value,order_id\n";
  for (let row = 0; row < log.length; row++) {
    const order = log.basket?.[row] ? log.basket[row] : "";
    // A Float32 has more digits than a price: two decimals are all it means.
    const value = log.value[row] === 0 ? "0" : log.value[row].toFixed(2);
    text += `${users[log.user[row]]},${items[log.item[row]]},${types[log.type[row]]},${log.time[row]},${value},${order}\n`;
    if (text.length > 1 << 20) {
      chunks.push(Buffer.from(text));
      text = "";
    }
  }
  chunks.push(Buffer.from(text));
  return Buffer.concat(chunks);
}

export function itemsCsv(items: readonly CatalogItem[]): string {
  const columns =
    "item_id,title,description,price,category,image,installments,available,created_at,type,style,material";
  const lines = items.map((item) => {
    const { type, style, material } = item.attributes;
    const cells = [
      ...[item.itemId, item.title, item.description, item.price, item.category, item.image],
      ...[item.installments, item.available, item.createdAt, type, style, material],
    ];
    return cells.map((cell) => quote(String(cell ?? ""))).join(",");
  });
  return `${[columns, ...lines].join("\n")}\n`;
}

/** A cell of RFC 4180: in quotes if it holds what ends a cell, with its own quotes doubled. */
function quote(cell: string): string {
  return /[",\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
