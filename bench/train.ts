import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { trainKernel } from "../src/als/kernel.ts";
import { makeProblem } from "../src/als/objective.ts";
import { holdOut } from "../src/interactions/holdout.ts";
import { joinLogs } from "../src/interactions/joined-log.ts";
import { ThreadCrew } from "../src/training/crew.ts";
import { compare, type Findings, type Row } from "./comparison.ts";
import { loadMatrix, readFactors } from "./implicit.ts";
import { Judge } from "./judge.ts";
import { Peer } from "./peer.ts";
import { type Choice, fitTheirs, ourIterations, ourSettings, race } from "./race.ts";
import { type BenchShop, completeJourney, demoShop, onlineRetail } from "./shops.ts";

const ranks = [64, 128, 256];

/** The same small search for both: what an unseen pair weighs × how much is regularised. */
const ourGrid = product([0.02, 0.06, 0.2, 0.6], [0.0005, 0.0015, 0.005]);
/** Iterations of implicit in the search; it is best after three to five. */
const searchedIterations = 6;
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
    const wholes: number[] = [];
    for (const threads of [1, 2]) {
      console.error(`${name} at ${rank} factors: ${threads} threads`);
      const course = await race(judge, { rank, threads, ours, theirs, keep }, peer);
      const work = `${name}, ${rank} factors, ${threads} thread${threads > 1 ? "s" : ""}`;
      rows.push(
        compare(`${work}: to quality`, "implicit", "s", course.ourSeconds, course.theirSeconds),
        compare(`${work}: one iteration`, "implicit", "s", course.ourIteration, course.theirIteration),
      );
      wholes.push(course.ourWhole);
      notes.push(`${work}: ours ${describe(ours)}, implicit ${describe(theirs)}`, course.table);
    }
    const work = `${name}, ${rank} factors: ${ourIterations} iterations on 2 threads`;
    rows.push(compare(work, "ours on 1", "s", wholes[1], wholes[0]));
  }
  return { rows, notes };
}

/** What a search liked most, and the validation's NDCG@10 of it. */
interface Found extends Choice {
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
      const settings = ourSettings(rank, { unobserved, regularization }, ourIterations);
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
    const theirs = { unobserved, regularization };
    await fitTheirs(peer, { rank, threads: 2, theirs, keep }, { iterations: searchedIterations });
    for (const at of [2, 3, 4, searchedIterations]) {
      const value = judge.figure(await readFactors(keep, judge.interactions, rank, at - 1));
      if (!best || value > best.value) best = { unobserved, regularization, value };
    }
  }
  if (!best) throw new Error("the search tried nothing");
  return best;
}

function product(left: readonly number[], right: readonly number[]): [number, number][] {
  return left.flatMap((a) => right.map((b): [number, number] => [a, b]));
}
