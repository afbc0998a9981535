import { log } from "../log.ts";
import { type Answer, NoModelError, type Query } from "../serving/query.ts";
import { Serving } from "../serving/serving.ts";
import { modelSource } from "./model-source.ts";
import { print, printJson, type RegistryFlags } from "./registry-options.ts";
import { formatColumns } from "./terminal.ts";

export interface AnswerFlags extends RegistryFlags {
  readonly model?: string;
}

/** Answers one query from what the channel serves, or from a version that is named, and prints it. */
export async function printAnswer(query: Query, flags: AnswerFlags): Promise<void> {
  const { answer, titles } = await ask(query, flags);
  if (flags.json) return printJson(answer);
  const { source, model } = answer;
  print(`${source}, from model ${model.version}`);
  if (answer.items.length === 0) return print("there is nothing that may be shown");
  const rows = answer.items.map(({ rank, itemId, score, source, because }) => [
    ...[String(rank), itemId, titles(itemId), score === undefined ? "" : score.toFixed(4), source],
    (because ?? [])
      .map((reason) => `${titles(reason.itemId) || reason.itemId} ${Math.round(100 * reason.share)} %`)
      .join(", "),
  ]);
  const heads = ["", "item", "title", "score", "source", "because of"];
  const shown = heads.map((_, column) => column).filter((column) => rows.some((row) => row[column] !== ""));
  const narrow = (row: readonly string[]): string[] => shown.map((column) => row[column]);
  print(formatColumns(narrow(heads), rows.map(narrow)));
}

async function ask(
  query: Query,
  { model, channel, ...flags }: AnswerFlags,
): Promise<{ answer: Answer; titles: (itemId: string) => string }> {
  const source = modelSource({ ...flags, channel });
  const speak = log.hush();
  const serving = await Serving.start({ source, ...(model && { pinnedModel: model }) }).finally(speak);
  // A command asks once: what a server would try again later is an answer here.
  if (serving.failure !== undefined) throw new NoModelError(serving.failure);
  const answer = serving.answer(query);
  return { answer, titles: (itemId) => serving.findItem(itemId)?.title ?? "" };
}
