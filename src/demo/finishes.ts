/** How a material looks: its colour, its pattern, and how much shows through it. */
export interface Finish {
  /** undefined where it takes the style's colour */
  readonly colour: string | undefined;
  readonly pattern: string;
  /** 0 to 1 */
  readonly opacity: number;
  /** whether a print may go over it: what takes dye, glaze or ink */
  readonly isPrintable: boolean;
}

/** pattern | materials, each with its colour where it has one of its own */
const table = `grain|oak#c99a5f walnut#6f4a31 ash#d9c3a0 bamboo#d6b874 spruce#dfbf86 mahogany#7c3b2a maple#e0b878 beech#dab68a
weave|linen canvas cloth
knit|wool cashmere knit
jersey|cotton jersey
twill|denim nylon
pile|velvet suede
sheen|silk lacquer enamel gold#d6ab4c silver#c3c8cd rosegold#d9a08c brass#c8a04f
brushed|steel#a9b0b6 aluminium#c2c7cb tin#b6bbbf
hammered|copper#b9714a cast#3d4146
plain|resin rubber graphite#44484e
glaze|porcelain carton print
speckle|stoneware terracotta#bf6a48 spelt#b98a58 rye#8a6038 wheat#c99552 cork#c39a6b charcoal#4b4b50
veins|marble#e8e5e1 blue#dfd9c3
glass|glass smoke#6d6a6a amber#b8742a opal#efece6
cane|rattan#c59a62 jute#c2a377 willow#a9875c
pebble|leather
fleck|paper#f0ece2 kraft#c19a6b young#f0d98c aged#d9a441 olive#8d9a5a rose#e3a9ae eucalyptus#7f9a86
blotch|tortoise#8a5a33`;

const printable = new Set("weave jersey twill glaze fleck knit".split(" "));
const opacities: Readonly<Record<string, number>> = { glass: 0.62, smoke: 0.75, amber: 0.75, opal: 0.92 };

/** material → its finish */
export const finishes: ReadonlyMap<string, Finish> = new Map(
  table.split("\n").flatMap((line) => {
    const [pattern, materials] = line.split("|");
    return materials.split(" ").map((text): [string, Finish] => {
      const [material, hex] = text.split("#");
      const colour = hex === undefined ? undefined : `#${hex}`;
      const opacity = opacities[material] ?? 1;
      return [material, { colour, pattern, opacity, isPrintable: printable.has(pattern) }];
    });
  }),
);

/** pattern | width | height | D(ark) and L(ight) strokes: letter, width, path */
const tiles = `grain|44|9|D.7 M0 2q11-2.4 22 0t22 0;D.4 M0 5q11 2 22 0t22 0;L.5 M0 7.5q11-1.6 22 0t22 0
weave|3|3|D.5 M0 .7h3M.7 0v3;L.4 M0 2.2h3M2.2 0v3
knit|5|4|D.8 M0 1l2.5 2l2.5-2;L.5 M0 2.6l2.5 2l2.5-2
jersey|2.4|40|D.3 M.6 0v40;L.3 M1.8 0v40
twill|4|4|D.6 M-1 5L5-1M-1 1L1-1M3 5L5 3;L.4 M-1 3L3-1M1 5L5 1
pile|4|4|D.8 M1 1h.1M3 3h.1;L.8 M3 1h.1M1 3h.1
sheen|100|100|L9 M-10 62L62-10;L3 M8 70L70 8
brushed|30|2.4|L.5 M0 .6h22;D.4 M8 1.8h22
hammered|9|8|D.7 M1 4q3.5-4 7 0;L.6 M2 6q3 2.6 5.5 0
plain|100|100|L7 M12 40Q20 14 46 10
glaze|100|100|L4 M26 70Q20 46 30 28
speckle|11|11|D1 M2 3h.1M7 9h.1M9 2h.1;D.7 M5 6h.1M1 9h.1;L.9 M4 1h.1M10 6h.1
veins|60|46|D.9 M0 10q16 2 24 14t36 14;D.5 M20 0q4 10 18 14t22 18;L1 M0 30q12-2 22 6t20 10
glass|100|100|L5 M22 76Q16 40 34 16;L2 M30 80Q26 48 40 22;D4 M84 30Q84 60 74 84
cane|8|8|D.8 M0 2h4M4 6h4M2 4v4M6 0v4;L.7 M0 3.2h4M4 7.2h4M3.2 4v4M7.2 0v4
pebble|7|6|D.5 M1 2q1.6-2 3.2 0t-3.2 0M4.4 5q1.2-1.6 2.4 0;L.5 M1.4 3.4q1.4 1 2.8 0
fleck|13|12|D.6 M1 2l2 .5M8 4l1.6-.7M4 9l1.8.6M11 10l1 .8;L.6 M6 1l2 .4M2 6l1.4-.6M9 8l2 .3
blotch|20|18|D5 M3 4q4-3 6 1M14 12q3 2 4-2;D3 M12 3q3 1 4-1M3 14q3 2 5-1`;

/** prints over a material, in the style's second colour and accent; the first is none */
const prints = [
  "",
  "12|12|S4 M0 3h12;A1 M0 9h12",
  "14|14|S4 M3.5 3.5h.1M10.5 10.5h.1;A2.4 M10.5 3.5h.1",
  "16|16|S5 M0 4h16M4 0v16;A.9 M0 12h16M12 0v16",
  "14|10|S2.6 M0 8l7-6l7 6;A1 M0 13l7-6l7 6M0 3l7-6l7 6",
  "26|26|S2.2 M8 4q6 4 0 10q-6-6 0-10M20 16q6 4 0 10q-6-6 0-10;A2.4 M20 6h.1M8 20h.1",
];
export const printCount = prints.length;

/** The `<pattern>` of a material's surface, to be laid over its colour. */
export function surface(pattern: string, id: string): string {
  const tile = tiles.split("\n").find((line) => line.startsWith(`${pattern}|`)) ?? "";
  const strokes = { D: "#1a1208", L: "#fff" };
  return tilePattern(tile.slice(pattern.length + 1), id, strokes, 0.3);
}

/** The `<pattern>` of a print, from 1 to `printCount` - 1. */
export function print(index: number, id: string, second: string, accent: string): string {
  return tilePattern(prints[index], id, { S: second, A: accent }, 0.85);
}

function tilePattern(
  tile: string,
  id: string,
  strokes: Readonly<Record<string, string>>,
  opacity: number,
): string {
  const [width, height, lines] = tile.split("|");
  const paths = lines.split(";").map((line) => {
    const [, letter, stroke, path] = /^([A-Z])([\d.]+) (.*)$/.exec(line) ?? [];
    return `<path d="${path}" stroke="${strokes[letter]}" stroke-width="${stroke}"/>`;
  });
  return (
    `<pattern id="${id}" width="${width}" height="${height}" patternUnits="userSpaceOnUse">` +
    `<g fill="none" stroke-linecap="round" opacity="${opacity}">${paths.join("")}</g></pattern>`
  );
}
