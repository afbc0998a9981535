import { DatabaseSync } from "node:sqlite";
import { parentPort, workerData } from "node:worker_threads";

/** Why a checkpoint failed; `undefined` where it did not. */
export type CheckpointReply = string | undefined;

/** For each message one checkpoint, by a connection that is closed again: whoever closes last tidies the files up. */
parentPort!.on("message", () => {
  let failure: CheckpointReply;
  try {
    const database = new DatabaseSync(workerData as string, { timeout: 5000 });
    try {
      database.exec("PRAGMA wal_checkpoint(PASSIVE)");
    } finally {
      database.close();
    }
  } catch (error) {
    failure = (error as Error).message;
  }
  parentPort!.postMessage(failure);
});
