import type { CatalogItem } from "../catalog/catalog-item.ts";
import type { Random } from "../math/random.ts";
import { type ProductType, productTypes } from "./departments.ts";
import { type Style, styles } from "./styles.ts";
import { describeProduct, inventName, materialWord } from "./wording.ts";

export const productCount = 2_465;

/** A product before it has a date: what the catalogue shows, and the rows that the generator counts in. */
export interface Product {
  readonly itemId: string;
  readonly title: string;
  readonly description: string;
  readonly price: number;
  readonly installments: number;
  readonly image: string;
  /** index in `productTypes` */
  readonly type: number;
  /** index in `styles` */
  readonly style: number;
  readonly material: string;
  /** 0 the cheapest third of its type, 2 the dearest */
  readonly tier: number;
}

/** 2,465 products, those of a type side by side in the order of `productTypes`. */
export function makeProducts(random: Random): Product[] {
  const titles = new Set<string>();
  const sizes = typeSizes(random);
  return productTypes.flatMap((type, row) => {
    const shift = random.integer(styles.length);
    return rankPrices(
      Array.from({ length: sizes[row] }, (_, n) => {
        // Going round the styles gives every type some of each; the material stays a matter of chance.
        const style = (n * 5 + shift) % styles.length;
        return makeProduct(random, type, row, style, n + 1, titles);
      }),
    );
  });
}

/** The product as the catalogue knows it. `createdAt` is in epoch seconds. */
export function toCatalogItem(product: Product, createdAt: number): CatalogItem {
  const { itemId, title, description, price, installments, image, material } = product;
  const type = productTypes[product.type];
  return {
    ...{ itemId, title, description, price, installments, image },
    category: type.category,
    available: true,
    createdAt,
    attributes: { type: type.name, style: styles[product.style].name, material },
  };
}

/** How many products each type has: pairs of types share twice the mean, the last remainder goes to the first. */
function typeSizes(random: Random): number[] {
  const mean = Math.floor(productCount / productTypes.length);
  const sizes: number[] = productTypes.map(() => mean);
  for (let row = 0; row + 1 < sizes.length; row += 2) {
    const shift = random.integer(9) - 4;
    sizes[row] += shift;
    sizes[row + 1] -= shift;
  }
  const left = productCount - mean * productTypes.length;
  for (let row = 0; row < left; row++) sizes[row * 8]++;
  return sizes;
}

function makeProduct(
  random: Random,
  type: ProductType,
  typeRow: number,
  styleRow: number,
  number: number,
  titles: Set<string>,
): Product {
  const style: Style = styles[styleRow];
  const material = type.materials[random.integer(type.materials.length)];
  const price = choosePrice(random, type, material);
  let title: string;
  do {
    title = `${inventName(random, styleRow)} ${type.noun}${materialWord(material)}`;
  } while (titles.has(title));
  titles.add(title);
  return {
    ...{ itemId: `${type.name}-${number}`, title, price, type: typeRow, style: styleRow, material, tier: 0 },
    description: describeProduct(random, type, style, material),
    installments: price < 50 ? 1 : price < 150 ? 3 : price < 600 ? 6 : 12,
    image: `/images/${type.name}-${style.name}-${material}-${number}.svg`,
  };
}

const costly = new Set(
  "marble brass gold cashmere silk leather velvet walnut copper aged mahogany".split(" "),
);

/** Prices lie nearer to the low end, and end as shops end them. */
function choosePrice(random: Random, type: ProductType, material: string): number {
  const [low, high] = type.prices;
  const share =
    random.next() * random.next() * (costly.has(material) ? 1 : 0.8) + (costly.has(material) ? 0.1 : 0);
  const price = low + (high - low) * Math.min(share, 1);
  if (price < 10) return (Math.floor(price * 10) * 10 + 9) / 100;
  if (price < 100) return Math.floor(price) + (random.integer(2) === 0 ? 0.9 : 0.5);
  return Math.floor(price / 10) * 10 + 9;
}

function rankPrices(products: Product[]): Product[] {
  const order = products.map((_, i) => i).sort((a, b) => products[a].price - products[b].price || a - b);
  const tiers = new Uint8Array(products.length);
  order.forEach((i, place) => {
    tiers[i] = Math.floor((place * 3) / products.length);
  });
  return products.map((product, i) => ({ ...product, tier: tiers[i] }));
}
