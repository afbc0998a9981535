import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { trainKernel } from "../src/als/kernel.ts";
import { type AlsSettings, makeProblem } from "../src/als/objective.ts";
import { holdOut } from "../src/interactions/holdout.ts";
import { joinLogs } from "../src/interactions/joined-log.ts";
import { ThreadCrew } from "../src/training/crew.ts";
import { compare, type Findings, figure, median, type Row, table } from "./comparison.ts";
import { fitImplicit, loadMatrix, readFactors } from "./implicit.ts";
import { Judge } from "./judge.ts";
import { Peer } from "./peer.ts";
import { type BenchShop, completeJourney, demoShop, onlineRetail } from "./shops.ts";

const ranks = [64, 128, 256];
const turns = 3;
/** Of ours after the start, and of implicit's, which begins from noise. */
const ourIterations = 5;
const theirIterations = 12;
/** A held-out figure within this part of the best that implicit reaches is as good. */
const asGood = 0.995;

/** The same small search for both: what an unseen pair weighs × how much is regularised. */
const ourGrid = product([0.02, 0.06, 0.2, 0.6], [0.0005, 0.0015, 0.005]);
/** Confidences are scaled to mean 1 for both, so that implicit's α is the inverse of our α₀; its λ is per row. */
const theirGrid = product([50, 17, 5, 1.7], [1, 10, 100]);

/** Seconds until held-out NDCG@10 is as good as implicit's best, and one iteration at equal settings. */
export async function benchTraining(): Promise<Findings> {
  const peer = await Peer.start(2);
  const folder = await mkdtemp(join(tmpdir(), "aisle-bench-"));
  const rows: Row[] = [];
  const notes: string[] = [];
  try {
    const retail = await onlineRetail();
    if (!retail) notes.push("Online Retail: not measured, since `AISLE_DATA` does not name it.");
    for (const shop of [...(retail ? [retail] : []), demoShop(), await completeJourney(peer)]) {
      const found = await compareOn(shop, peer, join(folder, "factors"));
      rows.push(...found.rows);
      notes.push(...found.notes);
    }
  } finally {
    peer.stop();
    await rm(folder, { recursive: true });
  }
  return { title: "Training to held-out quality", rows, notes };
}

async function compareOn({ name, events }: BenchShop, peer: Peer, keep: string) {
  const split = holdOut(events, { seed: 1 });
  const tuning = new Judge(split.train, split.validation);
  const judge = new Judge(joinLogs(split.train, split.validation), split.test);
  const rows: Row[] = [];
  const { users, items, confidence } = judge.interactions;
  const notes = [
    `**${name}**: ${users.count} users × ${items.count} items, ${confidence.values.length} pairs.`,
  ];
  for (const rank of ranks) {
    console.error(`${name} at ${rank} factors: searching`);
    const ours = await searchOurs(tuning, rank);
    const theirs = await searchTheirs(tuning, rank, peer, keep);
    await loadMatrix(peer, judge.interactions, keep);
    for (const threads of [1, 2]) {
      console.error(`${name} at ${rank} factors: ${threads} threads`);
      const course = await race(judge, { rank, threads, ours, theirs, keep }, peer);
      const work = `${name}, ${rank} factors, ${threads} thread${threads > 1 ? "s" : ""}`;
      rows.push(
        compare(`${work}: to quality`, "implicit", "s", course.ourSeconds, course.theirSeconds),
        compare(`${work}: one iteration`, "implicit", "s", course.ourIteration, course.theirIteration),
      );
      notes.push(`${work}: ours ${describe(ours)}, implicit ${describe(theirs)}`, course.table);
    }
  }
  return { rows, notes };
}

interface Found {
  readonly unobserved: number;
  readonly regularization: number;
  readonly value: number;
}

function describe({ unobserved, regularization, value }: Found): string {
  return `${unobserved} × ${regularization} (validation ${value.toFixed(4)})`;
}

async function searchOurs(judge: Judge, rank: number): Promise<Found> {
  const crew = new ThreadCrew(2);
  let best: Found | undefined;
  try {
    for (const [unobserved, regularization] of ourGrid) {
      const settings = ourSettings(rank, unobserved, regularization, ourIterations);
      const problem = makeProblem(judge.interactions.confidence, settings);
      await trainKernel(problem, settings, {
        crew,
        onIteration: (_, factors) => {
          const value = judge.figure(factors());
          if (!best || value > best.value) best = { unobserved, regularization, value };
        },
      });
    }
  } finally {
    await crew.close();
  }
  if (!best) throw new Error("the search tried nothing");
  return best;
}

async function searchTheirs(judge: Judge, rank: number, peer: Peer, keep: string): Promise<Found> {
  let best: Found | undefined;
  await loadMatrix(peer, judge.interactions, keep);
  for (const [unobserved, regularization] of theirGrid) {
    await fitTheirs(peer, { rank, threads: 2, theirs: { unobserved, regularization }, keep });
    for (const at of [2, 4, 6, 9, theirIterations]) {
      const value = judge.figure(await readFactors(keep, judge.interactions, rank, at - 1));
      if (!best || value > best.value) best = { unobserved, regularization, value };
    }
  }
  if (!best) throw new Error("the search tried nothing");
  return best;
}

interface RaceOrder {
  readonly rank: number;
  readonly threads: number;
  readonly ours: Found;
  readonly theirs: Found;
  readonly keep: string;
}

/** Both in turns; a run of ours is measured whole for every number of iterations, start and end included. */
async function race(judge: Judge, order: RaceOrder, peer: Peer) {
  const { rank, threads, ours, keep } = order;
  const crew = new ThreadCrew(threads);
  const ourSeconds: number[][] = Array.from({ length: ourIterations }, () => []);
  const equalSeconds: number[][] = [[], []];
  const ourFigures: number[] = [];
  const theirSeconds: number[][] = Array.from({ length: theirIterations }, () => []);
  const theirIteration: number[] = [];
  const theirFigures: number[] = [];
  const train = async (iterations: number, unobserved: number, regularization: number) => {
    const began = performance.now();
    const settings = ourSettings(rank, unobserved, regularization, iterations);
    const factors = await trainKernel(makeProblem(judge.interactions.confidence, settings), settings, {
      crew,
    });
    return { factors, seconds: (performance.now() - began) / 1000 };
  };
  try {
    await train(1, ours.unobserved, ours.regularization);
    for (let turn = 0; turn < turns; turn++) {
      for (let iterations = 1; iterations <= ourIterations; iterations++) {
        const { factors, seconds } = await train(iterations, ours.unobserved, ours.regularization);
        ourSeconds[iterations - 1].push(seconds);
        if (turn === 0) ourFigures.push(judge.figure(factors));
      }
      for (const [at, iterations] of [1, 4].entries()) {
        equalSeconds[at].push((await train(iterations, ours.unobserved, ours.regularization)).seconds);
      }
      const { before, seconds } = await fitTheirs(peer, turn === 0 ? order : { ...order, keep: "" });
      let total = before;
      for (const [at, one] of seconds.entries()) {
        total += one;
        theirSeconds[at].push(total);
      }
      theirIteration.push(...seconds.slice(1));
      if (turn > 0) continue;
      for (let at = 0; at < theirIterations; at++) {
        theirFigures.push(judge.figure(await readFactors(keep, judge.interactions, rank, at)));
      }
    }
  } finally {
    await crew.close();
  }
  const bestOfTheirs = Math.max(...theirFigures);
  const reach = (figures: readonly number[]): number =>
    figures.findIndex((value) => value >= asGood * bestOfTheirs);
  const ourReach = reach(ourFigures);
  return {
    ourSeconds: ourReach < 0 ? Number.POSITIVE_INFINITY : median(ourSeconds[ourReach]),
    theirSeconds: median(theirSeconds[reach(theirFigures)]),
    ourIteration: (median(equalSeconds[1]) - median(equalSeconds[0])) / 3,
    theirIteration: median(theirIteration),
    table: courseTable({ ourSeconds, ourFigures, theirSeconds, theirFigures }),
  };
}

function courseTable(
  course: Record<"ourSeconds" | "theirSeconds", number[][]> & Record<"ourFigures" | "theirFigures", number[]>,
): string {
  const { ourSeconds, ourFigures, theirSeconds, theirFigures } = course;
  const line = (who: string, seconds: number[][], figures: number[]): string[] => [
    who,
    ...Array.from({ length: theirIterations }, (_, at) =>
      at < figures.length ? `${figures[at].toFixed(4)} <sub>${figure(median(seconds[at]))} s</sub>` : "",
    ),
  ];
  return table(
    ["NDCG@10 by iteration", ...Array.from({ length: theirIterations }, (_, at) => `${at + 1}`)],
    [line("ours", ourSeconds, ourFigures), line("implicit", theirSeconds, theirFigures)],
  );
}

function ourSettings(
  factors: number,
  unobservedWeight: number,
  regularization: number,
  iterations: number,
): AlsSettings {
  return {
    ...{ factors, unobservedWeight, regularization, iterations, regularizationExponent: 1 },
    ...{ popularityExponent: 0, observedPopularityExponent: 0, solver: "cg", cgSteps: 3, seed: 1 },
  };
}

interface TheirOrder extends Pick<RaceOrder, "rank" | "threads" | "keep"> {
  readonly theirs: Pick<Found, "unobserved" | "regularization">;
}

function fitTheirs(peer: Peer, { rank, threads, theirs, keep }: TheirOrder) {
  const { unobserved: alpha, regularization } = theirs;
  const iterations = theirIterations;
  return fitImplicit(peer, { factors: rank, alpha, regularization, iterations, threads, seed: 1, keep });
}

function product(left: readonly number[], right: readonly number[]): [number, number][] {
  return left.flatMap((a) => right.map((b): [number, number] => [a, b]));
}
