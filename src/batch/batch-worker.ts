import { parentPort } from "node:worker_threads";
import { Catalog } from "../catalog/catalog.ts";
import { allocateModel } from "../model/buffer.ts";
import { openModel } from "../model/model.ts";
import { answerInArm } from "../serving/arms.ts";
import { Snapshot } from "../serving/snapshot.ts";
import type { BatchReply, BatchTask, Copy } from "./batch-threads.ts";
import { lineOf } from "./lines.ts";
import { bestUsers } from "./segment.ts";

let snapshot: Snapshot | undefined;

parentPort?.on("message", (task: Copy | BatchTask) => {
  if ("modelBytes" in task) snapshot = open(task);
  else parentPort?.postMessage({ id: task.id, ...perform(task) } satisfies BatchReply);
});

/** An error is told, so that whoever asked learns which question it was. */
function perform(task: BatchTask): Omit<BatchReply, "id"> {
  try {
    if (snapshot === undefined) throw new Error("a task came before the model");
    const open = snapshot;
    if ("queries" in task)
      return { text: task.queries.map((query) => lineOf(answerInArm(open, query))).join("") };
    return { best: bestUsers(open.model, task.range) };
  } catch (error) {
    const { name, message } = error as Error;
    return { error: { name, message } };
  }
}

function open({ modelBytes, catalogBytes, parts, pseudonymKey }: Copy): Snapshot {
  const buffer = allocateModel(modelBytes.length);
  buffer.fileBytes.set(modelBytes);
  const catalog = catalogBytes && Catalog.open(catalogBytes, `catalogue ${parts.catalogVersion}`);
  return new Snapshot({
    ...parts,
    model: openModel(buffer, `model ${parts.version}`, pseudonymKey),
    catalog,
  });
}
