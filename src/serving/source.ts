import type { Catalog } from "../catalog/catalog.ts";
import type { Model } from "../model/model.ts";
import type { Erasures } from "../registry/erasures.ts";

/** What a channel names at one moment. */
export interface ChannelState {
  /** changes whenever anything here does */
  readonly etag: string;
  readonly model?: string | undefined;
  readonly catalog?: string | undefined;
}

export interface LoadedModel {
  readonly model: Model;
  /** ISO 8601 */
  readonly trainedAt?: string | undefined;
  readonly metrics?: unknown;
  readonly settings?: unknown;
}

/** Where versions come from. Every method may fail; what was loaded before keeps serving. */
export interface VersionSource {
  readonly channel: string;
  /** who was erased; read again with the channel and before every model */
  readonly erasures?: Erasures | undefined;
  /** `undefined`: there is no such channel yet */
  readChannel(): Promise<ChannelState | undefined>;
  /** the size of a model's file, known before it is fetched */
  modelByteLength(version: string): Promise<number>;
  /** fetched and verified */
  loadModel(version: string): Promise<LoadedModel>;
  loadCatalog(version: string): Promise<Catalog>;
}
