/** A small shop of whoever has files: taste groups, half of what is looked at bought, and names that no reader knows. */
const userCount = 360;
const itemCount = 48;
const groupCount = 4;
const dayCount = 40;

/** A product whose name would be markup, were it ever taken for it. */
export const hostileTitle = "<img src=x onerror=alert(1)> lamp";

export function eventsCsv(): string {
  const lines = ["who;what;did;when"];
  let state = 7;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  for (let day = 0; day < dayCount; day++) {
    for (let user = 0; user < userCount; user++) {
      if (random(10) >= 4) continue;
      const group = random(10) < 9 ? user % groupCount : random(groupCount);
      const item = random(itemCount / groupCount) * groupCount + group;
      const at = new Date(Date.UTC(2026, 2, 1 + day, 8, 0, user)).toISOString();
      lines.push(`c${user};p${item};look;${at}`);
      if (random(2) === 0) lines.push(`c${user};p${item};purchase;${at.replace("T08", "T09")}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

export function itemsCsv(): string {
  const kinds = ["Oak desk", "Reading lamp", "Wool rug", "Brass vase"];
  const lines = Array.from({ length: itemCount }, (_, item) => {
    const kind = kinds[item % groupCount];
    const title = item === 1 ? hostileTitle : `${kind} no. ${1 + Math.floor(item / groupCount)}`;
    return `p${item},"${title}",${19 + item},${kind.split(" ").at(-1)}s`;
  });
  return `item_id,title,price,category\n${lines.join("\n")}\n`;
}
