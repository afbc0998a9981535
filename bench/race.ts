import { trainKernel } from "../src/als/kernel.ts";
import { type AlsFactors, type AlsSettings, makeProblem } from "../src/als/objective.ts";
import { ThreadCrew } from "../src/training/crew.ts";
import { figure, median, table } from "./comparison.ts";
import { fitImplicit, readFactors } from "./implicit.ts";
import type { Judge } from "./judge.ts";
import type { Peer } from "./peer.ts";

const turns = 3;
/** Of ours after the start, and of implicit's, which begins from noise. */
export const ourIterations = 5;
export const theirIterations = 12;
/** A held-out figure within this part of the best that implicit reaches is as good. */
const asGood = 0.995;

/** α₀ and λ for us; α and λ for implicit. */
export interface Choice {
  readonly unobserved: number;
  readonly regularization: number;
}

export interface RaceOrder {
  readonly rank: number;
  readonly threads: number;
  readonly ours: Choice;
  readonly theirs: Choice;
  /** where their factors are written to, the beginning of the files' names */
  readonly keep: string;
}

/** What a side reached after each iteration, and in how many seconds from the matrix in memory. */
interface Course {
  readonly figures: number[];
  readonly losses: number[];
  /** (iterations)(turns) */
  readonly seconds: number[][];
  /** one iteration at equal settings */
  readonly iteration: number;
}

/** Both in turns; a run of ours is measured whole for every number of iterations, start and end included. */
export async function race(judge: Judge, order: RaceOrder, peer: Peer) {
  const crew = new ThreadCrew(order.threads);
  const train = (iterations: number, onLoss?: (loss: number) => void) =>
    trainOurs(judge, { ...order, iterations, crew, onLoss });
  try {
    const ours = { ...(await watchOurs(judge, train)), seconds: lists(ourIterations) };
    const theirs = { ...(await watchTheirs(judge, order, peer)), seconds: lists(theirIterations) };
    const few: number[] = [];
    const many: number[] = [];
    const theirIteration: number[] = [];
    // What comes after they have reached their best needs no clock.
    const iterations = Math.max(4, reachOf(theirs.figures, theirs.figures) + 1);
    for (let turn = 0; turn < turns; turn++) {
      for (let k = 0; k < ourIterations; k++) ours.seconds[k].push((await train(k + 1)).seconds);
      few.push((await train(1)).seconds);
      many.push((await train(4)).seconds);
      const { before, seconds } = await fitTheirs(peer, { ...order, keep: "" }, { iterations });
      let total = before;
      for (const [at, one] of seconds.entries()) {
        total += one;
        theirs.seconds[at].push(total);
      }
      theirIteration.push(...seconds.slice(1));
    }
    return judgeRace(
      { ...ours, iteration: (median(many) - median(few)) / 3 },
      { ...theirs, iteration: median(theirIteration) },
    );
  } finally {
    await crew.close();
  }
}

function lists(count: number): number[][] {
  return Array.from({ length: count }, () => []);
}

interface OurRun extends RaceOrder {
  readonly iterations: number;
  readonly crew: ThreadCrew;
  readonly onLoss?: ((loss: number) => void) | undefined;
}

async function trainOurs(judge: Judge, { rank, ours, iterations, crew, onLoss }: OurRun) {
  const began = performance.now();
  const settings = ourSettings(rank, ours, iterations);
  const factors = await trainKernel(makeProblem(judge.interactions.confidence, settings), settings, {
    crew,
    ...(onLoss && { onIteration: ({ loss }) => onLoss(loss) }),
  });
  return { factors, seconds: (performance.now() - began) / 1000 };
}

type Train = (
  iterations: number,
  onLoss?: (loss: number) => void,
) => Promise<{ factors: AlsFactors; seconds: number }>;

/** Not measured: what each number of iterations reaches. It warms the kernel up too. */
async function watchOurs(judge: Judge, train: Train) {
  const figures: number[] = [];
  const losses: number[] = [];
  for (let k = 1; k <= ourIterations; k++) figures.push(judge.figure((await train(k)).factors));
  await train(ourIterations, (loss) => losses.push(loss));
  return { figures, losses };
}

async function watchTheirs(judge: Judge, order: RaceOrder, peer: Peer) {
  const { losses } = await fitTheirs(peer, order, { loss: true });
  const figures: number[] = [];
  for (let at = 0; at < theirIterations; at++) {
    figures.push(judge.figure(await readFactors(order.keep, judge.interactions, order.rank, at)));
  }
  return { figures, losses };
}

function judgeRace(ours: Course, theirs: Course) {
  const reach = ({ figures, seconds }: Course): number => {
    const at = reachOf(figures, theirs.figures);
    return at < 0 ? Number.POSITIVE_INFINITY : median(seconds[at]);
  };
  return {
    ourSeconds: reach(ours),
    theirSeconds: reach(theirs),
    ourIteration: ours.iteration,
    theirIteration: theirs.iteration,
    ourWhole: median(ours.seconds[ourIterations - 1]),
    table: courseTable(ours, theirs),
  };
}

/** The first iteration, from 0, that is as good as the best of theirs; -1 where none is. */
function reachOf(figures: readonly number[], theirs: readonly number[]): number {
  return figures.findIndex((value) => value >= asGood * Math.max(...theirs));
}

/** Each side's loss is its own objective's, relative to the first iteration's: the objectives differ. */
function courseTable(ours: Course, theirs: Course): string {
  const columns = Array.from({ length: theirIterations }, (_, at) => at);
  const cells = (values: readonly number[], show: (value: number, at: number) => string): string[] =>
    columns.map((at) => (at < values.length ? show(values[at], at) : ""));
  const quality = ({ figures, seconds }: Course): string[] =>
    cells(figures, (value, at) => {
      const clocked = seconds[at].length > 0 ? ` <sub>${figure(median(seconds[at]))} s</sub>` : "";
      return value.toFixed(4) + clocked;
    });
  const loss = ({ losses }: Course): string[] => cells(losses, (value) => (value / losses[0]).toFixed(3));
  return table(
    ["after iteration", ...columns.map((at) => `${at + 1}`)],
    [
      ["NDCG@10, ours", ...quality(ours)],
      ["NDCG@10, implicit", ...quality(theirs)],
      ["loss, ours", ...loss(ours)],
      ["loss, implicit", ...loss(theirs)],
    ],
  );
}

export function ourSettings(
  factors: number,
  { unobserved, regularization }: Choice,
  iterations: number,
): AlsSettings {
  return {
    ...{ factors, unobservedWeight: unobserved, regularization, iterations, regularizationExponent: 1 },
    ...{ popularityExponent: 0, observedPopularityExponent: 0, solver: "cg", cgSteps: 3, seed: 1 },
  };
}

type TheirOrder = Pick<RaceOrder, "rank" | "threads" | "keep" | "theirs">;

export function fitTheirs(
  peer: Peer,
  { rank, threads, theirs, keep }: TheirOrder,
  { loss = false, iterations = theirIterations } = {},
) {
  return fitImplicit(peer, {
    ...{ factors: rank, alpha: theirs.unobserved, regularization: theirs.regularization },
    ...{ iterations, threads, seed: 1, keep, loss },
  });
}
