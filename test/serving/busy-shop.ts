import { EventLogBuilder } from "../../src/interactions/event-log.ts";
import { findItemTables } from "../../src/model/item-tables.ts";
import type { Model } from "../../src/model/model.ts";
import { modelOf, smallContents, smallLog } from "../model/small-shop.ts";
import { MemorySource, shopItems, smallCatalog } from "./small-shop.ts";

/** epoch seconds */
export const end = 1_700_000_000;

/** The small shop, and 40 visitors of its last days who look at 1, 3 and 5 and then buy 3 with 5. */
function busyLog() {
  const log = new EventLogBuilder();
  const small = smallLog();
  for (let row = 0; row < small.length; row++) {
    log.add({
      ...{ userId: small.users.id(small.user[row]), itemId: small.items.id(small.item[row]) },
      ...{ eventType: small.eventTypes[small.type[row]], time: small.time[row], value: 0 },
    });
  }
  for (let visitor = 0; visitor < 40; visitor++) {
    const time = end - visitor * 9000;
    const add = (item: number, eventType: string, seconds: number) =>
      log.add({
        userId: `visitor ${visitor}`,
        itemId: `ítem ${item}`,
        eventType,
        time: time - seconds,
        value: 0,
      });
    for (const item of [1, 3, 5]) add(item, "View", 300 - item);
    for (const item of [3, 5]) add(item, "Purchase", 10);
  }
  return log.build();
}

let model: Promise<Model> | undefined;

async function busyModel(): Promise<Model> {
  const log = busyLog();
  const contents = await smallContents({ log });
  const itemTables = findItemTables(log, contents.interactions, "fold-in");
  return modelOf({ ...contents, itemTables, similarity: "fold-in" });
}

/** Companions and trends beside factors, and two items that no model knows: "new" and, of a category, "late". */
export function busySource(): MemorySource {
  const source = new MemorySource();
  source.models.set("v1", async () => {
    model ??= busyModel();
    return { model: await model };
  });
  const late = { itemId: "late", title: "Product with a number", category: "odd", price: 4, available: true };
  source.catalogs.set("c1", async () => smallCatalog([...shopItems, { ...late, attributes: {} }]));
  source.state = { etag: "1", model: "v1", catalog: "c1" };
  return source;
}
