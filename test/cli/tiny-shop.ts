import { Random } from "../../src/math/random.ts";

export const userCount = 60;
export const itemCount = 24;
/** taste groups: every third user likes every third item */
const groupCount = 3;

/**
 * 40 days of a shop whose users mostly look at the items of their own group, and buy half of what they look at, as
 * CSV with columns that have to be named.
 */
export function tinyEvents(): string {
  const random = new Random(1);
  const lines = ["who;what;did;when;paid"];
  for (let day = 0; day < 40; day++) {
    for (let user = 0; user < userCount; user++) {
      const group = random.next() < 0.85 ? user % groupCount : random.integer(groupCount);
      const item = random.integer(itemCount / groupCount) * groupCount + group;
      const time = 1_780_000_000 + day * 86_400 + user * 600;
      lines.push(`"user ""${user}""";item-${item};look;${time};`);
      if (random.next() < 0.5)
        lines.push(`"user ""${user}""";item-${item};purchase;${(time + 60) * 1000};9.5`);
    }
  }
  return `\ufeff${lines.join("\r\n")}\r\n`;
}

export const tinyColumns = "user=who,item=what,event=did,time=when,value=paid";

export function tinyItems(outOfStock: readonly string[] = []): string {
  const lines = Array.from({ length: itemCount }, (_, row) => {
    const id = `item-${row}`;
    return `${id},"Item ""${row}""",${row + 1}.5,group ${row % groupCount},${!outOfStock.includes(id)}`;
  });
  return `item_id,title,price,category,available\n${lines.join("\n")}\n`;
}
