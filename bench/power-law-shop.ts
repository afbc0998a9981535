import { Random } from "../src/math/random.ts";
import type { SparseRows } from "../src/math/sparse.ts";

/** How large an invented shop is. */
export interface ShopSize {
  readonly userCount: number;
  readonly itemCount: number;
  /** draws; the pairs are fewer, since some are drawn twice */
  readonly drawCount: number;
  readonly seed: number;
}

/** Share of a user's draws that come from the user's own departments; the rest is drawn from the whole shop. */
const ownShare = 0.8;
const departmentsOfUser = 3;

/**
 * Pairs of a shop whose users and items follow power laws: a department's items are taken by Zipf's law
 * (exponent 1), departments by a flatter one, and how much a user does falls with the square root of the user's
 * place. What a user takes comes mostly from three departments, so that there is something to factorise.
 * The rows are (users × items), values 1.
 */
export function makePowerLawShop({ userCount, itemCount, drawCount, seed }: ShopSize): SparseRows {
  const random = new Random(seed);
  const starts = placeUsers(userCount, drawCount, random);
  const columns = new Uint32Array(starts[userCount]);
  // More products mean more departments and larger ones.
  const departmentCount = Math.ceil(Math.cbrt(itemCount));
  const own = new Uint32Array(departmentsOfUser);
  for (let user = 0; user < userCount; user++) {
    for (let d = 0; d < departmentsOfUser; d++) own[d] = flatZipf(departmentCount, random);
    for (let at = starts[user]; at < starts[user + 1]; at++) {
      const department =
        random.next() < ownShare ? own[random.integer(departmentsOfUser)] : flatZipf(departmentCount, random);
      const rank = zipf(Math.ceil((itemCount - department) / departmentCount), random);
      columns[at] = department + rank * departmentCount;
    }
  }
  return withoutRepeats(starts, columns, itemCount);
}

/** (users + 1): where each user's draws begin; at least 2 each, ∝ 1 / √place beyond, users in shuffled order. */
function placeUsers(userCount: number, drawCount: number, random: Random): Uint32Array {
  const place = random.shuffle(Uint32Array.from({ length: userCount }, (_, user) => user + 1));
  const spare = Math.max(0, drawCount - 2 * userCount);
  const unit = spare / (2 * Math.sqrt(userCount));
  const starts = new Uint32Array(userCount + 1);
  for (let user = 0; user < userCount; user++) {
    starts[user + 1] = starts[user] + 2 + Math.floor(unit / Math.sqrt(place[user]) + random.next());
  }
  return starts;
}

/** A whole number below n, the chance of k about ∝ 1 / (k + 1). */
function zipf(n: number, random: Random): number {
  return Math.min(n - 1, Math.floor((n + 1) ** random.next()) - 1);
}

/** The chance of k about ∝ 1 / √(k + 1). */
function flatZipf(n: number, random: Random): number {
  return Math.floor(n * random.next() ** 2);
}

function withoutRepeats(starts: Uint32Array, columns: Uint32Array, columnCount: number): SparseRows {
  const rowCount = starts.length - 1;
  const kept = new Uint32Array(starts.length);
  let size = 0;
  for (let row = 0; row < rowCount; row++) {
    const drawn = columns.subarray(starts[row], starts[row + 1]).sort();
    for (let k = 0; k < drawn.length; k++)
      if (k === 0 || drawn[k] !== drawn[k - 1]) columns[size++] = drawn[k];
    kept[row + 1] = size;
  }
  const values = new Float32Array(size).fill(1);
  return { rowCount, columnCount, starts: kept, columns: columns.slice(0, size), values };
}
