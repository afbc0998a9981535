import { UnknownVersionError } from "../registry/documents.ts";
import { QueryError } from "./query.ts";
import { Snapshot } from "./snapshot.ts";
import type { LoadedModel, VersionSource } from "./source.ts";

export interface OtherVersionOptions {
  readonly source: VersionSource;
  /** what the models in use may take together; this one is refused where it does not fit beside the live one */
  readonly memoryBytesMax?: number | undefined;
}

/**
 * One more version beside the one that serves, to compare the two by. Loaded when it is first asked for, and the only
 * one that is kept: whoever asks for a third waits for it to take this one's place.
 */
export class OtherVersion {
  readonly #source: VersionSource;
  readonly #memoryBytesMax: number;
  #loading: Promise<unknown> = Promise.resolve();
  #kept: { readonly version: string; readonly loaded: LoadedModel } | undefined;
  #joined: { readonly live: Snapshot; readonly version: string; readonly snapshot: Snapshot } | undefined;

  constructor({ source, memoryBytesMax = Infinity }: OtherVersionOptions) {
    this.#source = source;
    this.#memoryBytesMax = memoryBytesMax;
  }

  /**
   * The version with the catalogue and the rules of `live`, so that nothing but the model differs.
   * @throws QueryError where there is no such version, or no room for it
   */
  async snapshotOf(version: string, live: Snapshot): Promise<Snapshot> {
    if (version === live.parts.version) return live;
    const loading = this.#loading.then(() => this.#load(version, live));
    // The next one waits for this one, whatever becomes of it.
    this.#loading = loading.catch(() => {});
    const loaded = await loading;
    if (this.#joined?.live !== live || this.#joined.version !== version) {
      this.#joined = { live, version, snapshot: new Snapshot({ ...live.parts, ...loaded, version }) };
    }
    return this.#joined.snapshot;
  }

  async #load(version: string, live: Snapshot): Promise<LoadedModel> {
    if (this.#kept?.version === version) return this.#kept.loaded;
    const byteLength = await this.#source.modelByteLength(version).catch((error: unknown) => {
      if (error instanceof UnknownVersionError) throw refused("names no version of this registry");
      throw error;
    });
    const held = live.model.buffer.fileBytes.byteLength;
    if (held + byteLength > this.#memoryBytesMax) {
      throw refused(
        `takes ${byteLength} bytes, for which there is no room beside the ${held} of the live one`,
      );
    }
    // Let go before the next one comes: two are held, never three.
    this.#kept = undefined;
    this.#joined = undefined;
    const loaded = await this.#source.loadModel(version);
    this.#kept = { version, loaded };
    return loaded;
  }
}

function refused(detail: string): QueryError {
  return new QueryError([{ parameter: "model", detail }]);
}
