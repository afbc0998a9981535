import { readDocument } from "../registry/documents.ts";
import {
  type Run,
  type RunResult,
  resultSchema,
  runKeys,
  runSchema,
  type TrialRecord,
  trialRecordSchema,
} from "../tracking/record.ts";
import { type Desk, DeskError } from "./desk.ts";

export interface RunCard extends Run {
  /** absent where it was interrupted, or goes on */
  readonly result?: RunResult;
}

export interface RunDetail extends RunCard {
  readonly trials: readonly TrialRecord[];
}

const runName = /^runs\/([^/]+)\/run\.json$/;
const trialName = /^runs\/[^/]+\/(\d+)\.json$/;

/** Every run of the registry, the newest first. @throws RegistryError on a record that is damaged */
export async function listRuns(desk: Desk): Promise<RunCard[]> {
  const keys = await desk.registry.store.list("runs/");
  const names = keys.flatMap((key) => runName.exec(key)?.[1] ?? []);
  const cards = await Promise.all(names.map((run) => readRun(desk, run)));
  return cards.filter((card) => card !== undefined).sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
}

/** @throws DeskError where there is no such run */
export async function showRun(desk: Desk, run: string): Promise<RunDetail> {
  const card = await readRun(desk, run);
  if (card === undefined) throw new DeskError(`There is no run ${run}.`);
  const { store } = desk.registry;
  const keys = (await store.list(`runs/${run}/`)).filter((key) => trialName.test(key)).sort();
  const trials = await Promise.all(keys.map((key) => readDocument(store, key, trialRecordSchema)));
  return { ...card, trials: trials.flatMap((document) => document?.value ?? []) };
}

async function readRun({ registry: { store } }: Desk, run: string): Promise<RunCard | undefined> {
  const [head, result] = await Promise.all([
    readDocument(store, runKeys.run(run), runSchema),
    readDocument(store, runKeys.result(run), resultSchema),
  ]);
  return head && { ...head.value, ...(result && { result: result.value }) };
}
