import { resolve } from "node:path";
import type { Trained, TrainingOrder } from "../pipeline.ts";
import { Registry } from "../registry/registry.ts";
import { type Released, type ReleaseOrder, release } from "../release.ts";
import { FolderStore } from "../store/folder-store.ts";
import { StoreError } from "../store/store.ts";

/** A model that is trained and could not be put where it was meant to go. */
export class RescuedError extends Error {
  override name = "RescuedError";
}

/**
 * Publishes what was trained. Where the registry cannot be read or written, hours of training are not lost: the model
 * goes to a folder of its own in the working directory, or in `within`.
 * @throws RescuedError then, with the command that brings it to where it was meant to go
 */
export async function publishOrRescue(
  trained: Trained,
  order: TrainingOrder,
  to: ReleaseOrder,
  within = ".",
): Promise<Released> {
  try {
    return await release(trained, order, to);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    const folder = resolve(within, `aisle-rescued-${to.run ?? "model"}`);
    const rescue = new Registry(new FolderStore(folder));
    const { manifest } = await release(trained, order, { ...to, registry: rescue, promotes: false });
    const { location } = to.registry.store;
    throw new RescuedError(
      `${error.message}\nThe model was trained, and lies in ${folder}. To bring it to where it was meant to go:\n` +
        `  aisle models copy ${manifest.version} --registry ${folder} --to ${location}\n` +
        `  aisle models promote ${manifest.version} --registry ${location} --channel ${to.channel}`,
      { cause: error },
    );
  }
}
