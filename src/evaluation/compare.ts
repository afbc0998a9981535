import { bootstrapMeans, type Interval } from "../math/bootstrap.ts";

/** How much a challenger differs from a champion on the same users. */
export interface PairedDifference extends Interval {
  readonly userCount: number;
  readonly champion: number;
  readonly challenger: number;
  /** the difference and its ends ÷ the champion's mean; `undefined` where the champion scored nothing */
  readonly relative: Interval | undefined;
}

export class UnpairedError extends Error {
  override readonly name = "UnpairedError";
}

/**
 * The mean of challenger − champion with its 95 % interval, resampling users (Efron's paired bootstrap).
 * Both arrays are (users), the same users in the same order. Swapping them negates the result exactly.
 */
export function comparePaired(
  champion: Float32Array,
  challenger: Float32Array,
  { resamples = 2000, seed }: { readonly resamples?: number; readonly seed: number },
): PairedDifference {
  const userCount = champion.length;
  if (userCount !== challenger.length || userCount === 0) {
    throw new UnpairedError(
      `a paired difference needs the same users, at least one: the champion has ${userCount}, the challenger ` +
        `${challenger.length}; evaluate both on the same cut`,
    );
  }
  const difference = challenger.map((value, user) => value - champion[user]);
  const {
    all: [interval],
  } = bootstrapMeans([difference], new Uint8Array(userCount), 1, { resamples, seed });
  const mean = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0) / userCount;
  const reference = mean(champion);
  return {
    ...interval,
    userCount,
    champion: reference,
    challenger: mean(challenger),
    relative:
      reference === 0
        ? undefined
        : {
            value: interval.value / reference,
            low: interval.low / reference,
            high: interval.high / reference,
          },
  };
}
