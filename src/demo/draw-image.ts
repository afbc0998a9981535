import { productTypes } from "./departments.ts";
import { type Finish, finishes, print, printCount, surface } from "./finishes.ts";
import { type Part, silhouettes } from "./silhouettes.ts";
import { type Style, styles } from "./styles.ts";

/** What a product's picture is made of; its name says it all. */
interface Subject {
  readonly type: string;
  readonly style: Style;
  readonly material: string;
  readonly finish: Finish;
  /** of the product among those of its type, from 1 */
  readonly number: number;
}

/**
 * The picture of a product by its name, `<type>-<style>-<material>-<number>`, as SVG: the type's silhouette in the
 * material's pattern and the style's palette. The number varies colour, print and proportions, so that products
 * alike in all else still look like two. Undefined where the demo shop can have no such product.
 */
export function drawImage(name: string): string | undefined {
  const subject = parseName(name);
  if (!subject) return undefined;
  const { style, finish, number } = subject;
  const { angle, parts } = silhouette(subject.type);
  const printed = finish.isPrintable ? number % printCount : 0;
  const width = 0.78 + 0.02 * (number % 5);
  const height = 0.76 + 0.02 * (number % 7);
  const palette = paletteOf(subject);
  const drawn = parts.map((part) => drawPart(part, palette, finish, printed > 0)).join("");
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100"><title>${name}</title><defs>${light}
${surface(finish.pattern, "surface")}${printed > 0 ? print(printed, "print", style.second, style.accent) : ""}</defs>
<rect width="100" height="100" fill="${style.ground}"/><rect width="100" height="100" fill="url(#lamp)"/>
<g filter="url(#shadow)" transform="translate(50 50) scale(${width.toFixed(2)} ${height.toFixed(2)}) rotate(${angle} 0 0) translate(-50 -48)">${drawn}</g></svg>`;
}

const namePattern = new RegExp(
  `^(${productTypes.map(({ name }) => name).join("|")})-(${styles.map(({ name }) => name).join("|")})-([a-z]+)-([1-9]\\d?)$`,
);

function parseName(name: string): Subject | undefined {
  const [, type, styleName, material, number] = namePattern.exec(name) ?? [];
  const style = styles.find((known) => known.name === styleName);
  const finish = finishes.get(material);
  const isMade = productTypes.some((known) => known.name === type && known.materials.includes(material));
  return style && finish && isMade ? { type, style, material, finish, number: Number(number) } : undefined;
}

function silhouette(type: string) {
  const found = silhouettes.get(type);
  if (!found) throw new Error(`no silhouette is drawn for ${type}`);
  return found;
}

/** One lamp, above to the left: each part is brighter there, and the shadow falls the other way. */
const light =
  '<linearGradient id="light" x1="0" y1="0" x2="1" y2="1"><stop stop-color="#fff" stop-opacity=".34"/>' +
  '<stop offset=".45" stop-color="#fff" stop-opacity="0"/><stop offset="1" stop-color="#120c06" stop-opacity=".3"/></linearGradient>' +
  '<radialGradient id="lamp" cx=".28" cy=".2" r="1"><stop stop-color="#fff" stop-opacity=".8"/>' +
  '<stop offset=".6" stop-color="#fff" stop-opacity="0"/><stop offset="1" stop-color="#1c140c" stop-opacity=".08"/></radialGradient>' +
  '<filter id="shadow" x="-20%" y="-20%" width="150%" height="150%">' +
  '<feDropShadow dx="2.4" dy="3.4" stdDeviation="2.6" flood-color="#1c140c" flood-opacity=".34"/></filter>';

type Palette = Readonly<Record<Part["paint"], string>>;

function paletteOf({ style, finish, number }: Subject): Palette {
  const { colours, second, accent, dark, metal, wood } = style;
  const colour = colours[number % colours.length];
  const other = colours[(number + 1) % colours.length];
  // What has a colour of its own still differs a little from piece to piece, as wood and clay do.
  const own = finish.colour && blend(finish.colour, number % 2 === 0 ? wood : dark, 0.05 * (number % 4));
  const material = own ?? colour;
  return {
    ...{ material, shade: blend(material, "#1a120a", 0.2), colour, other, second, accent, dark, metal, wood },
    ...{ white: "#fbf9f4", veil: "#fff", leaf: blend("#5f8a4c", colour, 0.18) },
    ...{ honey: "#e2a63a", chocolate: "#5a3522" },
  };
}

function drawPart({ paint, strokeWidth, shape }: Part, palette: Palette, finish: Finish, isPrinted: boolean) {
  const colour = palette[paint];
  const isMaterial = paint === "material" || paint === "shade";
  const opacity = paint === "veil" ? 0.4 : isMaterial ? finish.opacity : 1;
  const faint = opacity < 1 ? ` opacity="${opacity}"` : "";
  if (strokeWidth !== undefined) {
    return `<${shape} fill="none" stroke="${colour}" stroke-width="${strokeWidth}" stroke-linecap="round" stroke-linejoin="round"${faint}/>`;
  }
  const fill = (paintedWith: string, more = "") =>
    `<${shape} fill-rule="evenodd" fill="${paintedWith}"${more}/>`;
  if (paint === "veil") return fill(colour, faint);
  return [
    fill(colour, faint),
    paint === "material" && isPrinted ? fill("url(#print)") : "",
    isMaterial ? fill("url(#surface)") : "",
    fill("url(#light)"),
  ].join("");
}

/** `share` of the way from one #rrggbb to another. */
function blend(from: string, to: string, share: number): string {
  const channel = (hex: string, at: number) => Number.parseInt(hex.slice(at, at + 2), 16);
  const mixed = [1, 3, 5].map((at) => Math.round(channel(from, at) * (1 - share) + channel(to, at) * share));
  return `#${mixed.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}
