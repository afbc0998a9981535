import type { Random } from "../math/random.ts";
import type { ProductType } from "./departments.ts";
import type { Style } from "./styles.ts";

/** Beginnings and endings of names, a line for each style in the order of `styles`. */
const syllables = `Hal Ing Sol Fjor Ves Lin Tor Aren|den vik mar sund a berg by lund
Ha Ki Mi Su Yo Ta Na Ko|ru ko yori na mei shi ra moto
Pal Ven Lo Char El Mar Ray Con|mer ture gan ley don o mont nor
Fer Bol Ham Grit Sto Ar Car For|rum ton mer well ker gon bon ge
Ma Co Bri Pe Sa Ti Lu Ha|rina ral sa bble lina de na ven
Ka Do Te Kli Mo Tri Qua Lin|ndo rn kta ngen do ade dra ea
Fe Iv Mo Wil Sa Al Ver Ro|rn y ss low ge der bena wan
Ob Va Ra No Sa On Mid Um|sidia lour ven cturne ble yx night bra
Se Me Du A Ca Si Mo Ta|dona sa ne gave nyon enna jave os
Pe Gui Li Pra Bo Fi Me Bon|che mauve tchi line nbon zz lba bon
Ash Whit Bram Har El Stan Dray Wex|ford by ley grove cott hope ton ham
Dis Ju Ro Zig Fun Ve Lo Bo|co no xy gy ka spa la ogie`
  .split("\n")
  .map((line) => line.split("|").map((half) => half.split(" ")));

/** A model name in the manner of a style: one of 64. Types share them, as the pieces of a range do. */
export function inventName(random: Random, style: number): string {
  const [beginnings, endings] = syllables[style];
  return beginnings[random.integer(beginnings.length)] + endings[random.integer(endings.length)];
}

/** Materials that a title does not boast of. */
const unsaid = new Set("enamel print kraft paper cloth carton glass resin graphite".split(" "));
const before: Readonly<Record<string, string>> = {
  smoke: "smoked glass",
  amber: "amber glass",
  opal: "opal glass",
  cast: "cast iron",
  rosegold: "rose gold",
  tortoise: "tortoiseshell",
  tin: "a tin",
  aluminium: "brushed aluminium",
};
const kinds = new Set("young aged blue rye wheat spelt olive rose charcoal".split(" "));

/** " in Oak"; nothing where the material goes without saying. */
export function materialWord(material: string): string {
  if (unsaid.has(material)) return "";
  if (kinds.has(material)) return `, ${material}`;
  return ` in ${(before[material] ?? material).replace(/(^| )(?!a )([a-z])/g, (_, gap, letter) => gap + letter.toUpperCase())}`;
}

const openings = [
  "{A} with {phrase}",
  "{phrase} for the long run: {a}",
  "{A} made for every day, with {phrase}",
  "Our designers' answer to the plain {noun}: {phrase}",
];
const middles: Readonly<Record<string, readonly string[]>> = {
  lasting: [
    "Built to be mended rather than replaced",
    "Finished by hand in a small workshop",
    "Tested for ten years of daily use",
    "Comes ready to use, with no plastic in the box",
  ],
  consumed: [
    "Made in small batches",
    "From growers and makers that we know by name",
    "Packed without plastic",
    "A favourite that people come back for",
  ],
};
const closings = [
  "Free returns within 60 days",
  "Ships in two working days",
  "Goes well with the rest of the range",
  "Part of our permanent collection",
];

export function describeProduct(random: Random, type: ProductType, style: Style, material: string): string {
  const noun = type.noun.toLowerCase();
  const made = materialWord(material).replace(
    /^ in (.*)$/,
    (_, words: string) => ` in ${words.toLowerCase()}`,
  );
  const article =
    /s$/.test(noun) && !/ss$/.test(noun) ? noun : `${/^[aeiou]/.test(noun) ? "an" : "a"} ${noun}`;
  const opening = openings[random.integer(openings.length)]
    .replace("{phrase}", style.phrase)
    .replace(/\{a\}/i, `${article}${made}`)
    .replace("{noun}", noun);
  const middle = middles[type.cycle === undefined ? "lasting" : "consumed"];
  return [opening, middle[random.integer(middle.length)], closings[random.integer(closings.length)]]
    .map((sentence) => `${sentence[0].toUpperCase()}${sentence.slice(1)}.`)
    .join(" ");
}
