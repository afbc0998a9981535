import { trainKernel } from "../src/als/kernel.ts";
import { type AlsSettings, makeProblem } from "../src/als/objective.ts";
import { Random } from "../src/math/random.ts";
import type { SparseRows } from "../src/math/sparse.ts";
import { ThreadCrew } from "../src/training/crew.ts";
import { makePowerLawShop } from "./power-law-shop.ts";

/** Items to search, and users' vectors to search for. */
export interface Vectors {
  readonly name: string;
  readonly rank: number;
  /** (items, rank) */
  readonly items: Float32Array;
  /** (queries, rank) */
  readonly queries: Float32Array;
}

const settings: AlsSettings = {
  factors: 64,
  unobservedWeight: 0.02,
  regularization: 0.003,
  regularizationExponent: 1,
  popularityExponent: 0,
  observedPopularityExponent: 0,
  iterations: 2,
  solver: "cg",
  cgSteps: 3,
  seed: 1,
};

/** Factors of a model trained on these pairs, and of so many of its users. */
export async function trainVectors(
  name: string,
  pairs: SparseRows,
  rank: number,
  queryCount: number,
): Promise<Vectors> {
  const crew = new ThreadCrew(2);
  try {
    const asked = { ...settings, factors: rank };
    const { users, items } = await trainKernel(makeProblem(pairs, asked), asked, { crew });
    const random = new Random("queries");
    const rows = random.shuffle(Uint32Array.from({ length: pairs.rowCount }, (_, row) => row));
    const queries = new Float32Array(Math.min(queryCount, rows.length) * rank);
    for (let at = 0; at * rank < queries.length; at++) {
      queries.set(users.subarray(rows[at] * rank, (rows[at] + 1) * rank), at * rank);
    }
    return { name, rank, items, queries };
  } finally {
    await crew.close();
  }
}

/** A model of a power-law shop of this size. */
export function trainedVectors(itemCount: number, rank: number, queryCount: number): Promise<Vectors> {
  const userCount = Math.max(20_000, itemCount / 2);
  const shop = makePowerLawShop({ userCount, itemCount, drawCount: userCount * 20, seed: 1 });
  return trainVectors(`${label(itemCount)} × ${rank}, trained`, shop, rank, queryCount);
}

/** Independent normal numbers: no direction and no norm to rule anything out by. */
export function gaussianVectors(itemCount: number, rank: number, queryCount: number): Vectors {
  const random = new Random(`${itemCount} × ${rank}`);
  const draw = (): number => {
    const angle = 2 * Math.PI * random.next();
    return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(angle);
  };
  return {
    name: `${label(itemCount)} × ${rank}, Gaussian`,
    rank,
    items: Float32Array.from({ length: itemCount * rank }, draw),
    queries: Float32Array.from({ length: queryCount * rank }, draw),
  };
}

function label(count: number): string {
  return count >= 1e6 ? `${count / 1e6}M` : `${count / 1e3}k`;
}
