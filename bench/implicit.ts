import { open, writeFile } from "node:fs/promises";
import { makeProblem } from "../src/als/objective.ts";
import type { Interactions } from "../src/interactions/aggregate.ts";
import { defaultRecipe } from "../src/training/defaults.ts";
import type { Factors } from "./judge.ts";
import type { Peer } from "./peer.ts";

/** How implicit is to train; `alpha` and `regularization` are its own. */
export interface ImplicitOrder {
  readonly factors: number;
  readonly alpha: number;
  readonly regularization: number;
  readonly iterations: number;
  readonly threads: number;
  readonly seed: number;
  /** beginning of the files that hold the factors after every iteration; none are kept where it is empty */
  readonly keep: string;
  /** asks for the objective's value after every iteration, whose time then counts as the iteration's */
  readonly loss?: boolean;
}

/** Seconds before the first iteration, and of each; losses where they were asked for. */
export function fitImplicit(
  peer: Peer,
  order: ImplicitOrder,
): Promise<{ before: number; seconds: number[]; losses: number[] }> {
  return peer.call("train.fit", { loss: false, ...order });
}

/** Gives the peers the matrix, its confidences scaled to mean 1 as our own problem has it. */
export async function loadMatrix(peer: Peer, { confidence }: Interactions, keep: string): Promise<void> {
  const plain = { ...defaultRecipe.als, popularityExponent: 0, observedPopularityExponent: 0 };
  const { observed } = makeProblem(confidence, plain);
  await writeFile(`${keep}.starts`, observed.starts);
  await writeFile(`${keep}.columns`, observed.columns);
  await writeFile(`${keep}.values`, observed.values);
  await peer.call("train.load", {
    ...{ starts: `${keep}.starts`, columns: `${keep}.columns`, values: `${keep}.values` },
    items: observed.columnCount,
  });
}

/** What `fitImplicit` kept after an iteration, from 0. */
export async function readFactors(
  keep: string,
  { users, items }: Interactions,
  rank: number,
  iteration: number,
): Promise<Factors> {
  const read = async (side: string, count: number): Promise<Float32Array> => {
    const values = new Float32Array(count * rank);
    const file = await open(`${keep}.${side}`);
    await file.read(new Uint8Array(values.buffer), 0, values.byteLength, iteration * values.byteLength);
    await file.close();
    return values;
  };
  return { rank, users: await read("users", users.count), items: await read("items", items.count) };
}
