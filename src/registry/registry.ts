import type { z } from "zod";
import { ConflictError, type Store } from "../store/store.ts";
import {
  type Channel,
  type ChannelEntry,
  channelSchema,
  PromotionConflictError,
  previousModel,
} from "./channel.ts";
import { digestChunks, sha256, verifyWhileReading } from "./chunk-digests.ts";
import {
  type Manifest,
  type ManifestParts,
  manifestSchema,
  type TestRecord,
  testRecordSchema,
} from "./manifest.ts";

/** A request that the registry's present state does not allow. */
export class RegistryError extends Error {
  override name = "RegistryError";
}

/** Who changes a channel, and why: kept in its history. */
export interface Change {
  readonly who: string;
  readonly why: string;
  readonly gate?: ChannelEntry["gate"];
}

const encoder = new TextEncoder();

/** Versions that never change, and channels that say which of them is live. */
export class Registry {
  readonly store: Store;
  readonly #now: () => Date;

  constructor(store: Store, now: () => Date = () => new Date()) {
    this.store = store;
    this.#now = now;
  }

  /** The model first and its manifest last: a version is there whole, or it is not there. */
  async publish(model: Uint8Array, parts: ManifestParts, test?: TestRecord): Promise<Manifest> {
    const digests = digestChunks(model);
    const createdAt = this.#now().toISOString();
    const version = await this.#unusedVersion(createdAt, digests.sha256);
    await this.store.put(modelKey(version), model, { ifNoneMatch: "*" });
    if (test) await this.store.put(testKey(version), toJson(test), { ifNoneMatch: "*" });
    const manifest = manifestSchema.parse({ ...parts, version, createdAt, model: digests });
    await this.store.put(manifestKey(version), toJson(manifest), { ifNoneMatch: "*" });
    return manifest;
  }

  /** @throws RegistryError where there is no such version */
  async manifest(version: string): Promise<Manifest> {
    const manifest = await this.#document(manifestKey(version), manifestSchema);
    if (manifest) return manifest.value;
    throw new RegistryError(`there is no model ${version} in ${this.store.location}: see "aisle models"`);
  }

  /** What a version's test measured by user; `undefined` where nothing was held out. */
  async testRecord(version: string): Promise<TestRecord | undefined> {
    return (await this.#document(testKey(version), testRecordSchema))?.value;
  }

  /** Every version that is whole, oldest first. */
  async manifests(): Promise<Manifest[]> {
    const keys = (await this.store.list("models/")).filter((key) => key.endsWith("/manifest.json"));
    return Promise.all(keys.map((key) => this.manifest(key.split("/")[1])));
  }

  /**
   * Reads a model into memory that `allocate` gives, checking its digests beside the reading.
   * @throws DigestError on the first damaged chunk
   */
  async readModel<T>(
    version: string,
    allocate: (byteLength: number) => { target: Uint8Array; result: T },
  ): Promise<T> {
    const manifest = await this.manifest(version);
    const { target, result } = allocate(manifest.model.byteLength);
    const key = modelKey(version);
    await this.store.readInto(
      key,
      target,
      verifyWhileReading(target, manifest.model, this.store.describe(key)),
    );
    return result;
  }

  /** Stores a catalogue and gives its version: the same catalogue twice is one version. */
  async publishCatalog(bytes: Uint8Array): Promise<string> {
    const digest = sha256(bytes);
    const same = (await this.#catalogVersions()).find((version) =>
      version.endsWith(`-${digest.slice(0, 12)}`),
    );
    if (same) return same;
    const version = `${stamp(this.#now().toISOString())}-${digest.slice(0, 12)}`;
    await this.store.put(catalogKey(version), bytes, { ifNoneMatch: "*" });
    return version;
  }

  /** @throws RegistryError where there is no such catalogue, or it is not the one that was published */
  async readCatalog(version: string): Promise<Uint8Array> {
    const key = catalogKey(version);
    const object = await this.store.get(key);
    if (!object) throw new RegistryError(`there is no catalogue ${version} in ${this.store.location}`);
    const expected = version.slice(version.lastIndexOf("-") + 1);
    const found = sha256(object.bytes);
    if (!found.startsWith(expected)) {
      throw new RegistryError(
        `${this.store.describe(key)} is damaged: its SHA-256 is ${found}, its name says ${expected}…`,
      );
    }
    return object.bytes;
  }

  async channel(name: string): Promise<(Channel & { readonly etag: string }) | undefined> {
    const document = await this.#document(channelKey(name), channelSchema);
    return document && { ...document.value, etag: document.etag };
  }

  async channelNames(): Promise<string[]> {
    const keys = await this.store.list("channels/");
    return keys.flatMap((key) => /^channels\/([^/.]+)\.json$/.exec(key)?.[1] ?? []);
  }

  /**
   * Makes a model live, and a catalogue with it if one is named.
   * @param expected the etag of the channel that the decision was made on, `undefined` where there was none
   * @throws PromotionConflictError where the channel has moved since
   */
  async promote(
    name: string,
    live: { readonly model: string; readonly catalog?: string | undefined },
    change: Change,
    expected: string | undefined,
  ): Promise<void> {
    await this.manifest(live.model);
    const before = await this.channel(name);
    if (before?.etag !== expected) throw this.#lost(name, before);
    await this.#write(name, before, { ...live, action: "promote", ...change });
  }

  /** Back to a version: the one that was live before, unless another is named. Gives the version that is live now. */
  async rollback(name: string, change: Change, to?: string): Promise<string> {
    const channel = await this.channel(name);
    const model = to ?? (channel && previousModel(channel));
    if (!channel || !model) {
      throw new RegistryError(`channel "${name}" of ${this.store.location} has nothing to go back to`);
    }
    await this.manifest(model);
    await this.#write(name, channel, { model, action: "rollback", ...change });
    return model;
  }

  /** Makes a catalogue live; the model stays. A model that moves meanwhile is no reason to fail: it is tried again. */
  async setCatalog(name: string, catalog: string, change: Change): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#write(name, await this.channel(name), { catalog, action: "catalog", ...change });
        return;
      } catch (error) {
        if (!(error instanceof PromotionConflictError) || attempt === 5) throw error;
      }
    }
  }

  /** Copies a version with its manifest as it is: same name, same digests. */
  async copyTo(other: Registry, version: string): Promise<void> {
    const manifest = await this.manifest(version);
    const bytes = await this.readModel(version, (byteLength) => {
      const target = new Uint8Array(byteLength);
      return { target, result: target };
    });
    const existing = await other.#document(manifestKey(version), manifestSchema);
    if (existing?.value.model.sha256 === manifest.model.sha256) return;
    await other.store.put(modelKey(version), bytes, { ifNoneMatch: "*" });
    const test = await this.testRecord(version);
    if (test) await other.store.put(testKey(version), toJson(test), { ifNoneMatch: "*" });
    await other.store.put(manifestKey(version), toJson(manifest), { ifNoneMatch: "*" });
  }

  /** @throws RegistryError where a channel names it */
  async remove(version: string): Promise<void> {
    await this.manifest(version);
    for (const name of await this.channelNames()) {
      if ((await this.channel(name))?.model === version) {
        throw new RegistryError(`model ${version} is live in channel "${name}": promote another one first`);
      }
    }
    // The manifest first: what is left if this is interrupted is no version.
    await this.store.delete(manifestKey(version));
    await this.store.delete(testKey(version));
    await this.store.delete(modelKey(version));
  }

  async #write(
    name: string,
    before: (Channel & { readonly etag: string }) | undefined,
    change: Omit<ChannelEntry, "at">,
  ): Promise<void> {
    const entry: ChannelEntry = { at: this.#now().toISOString(), ...change };
    const model = change.model ?? before?.model;
    const catalog = change.catalog ?? before?.catalog;
    const after: Channel = { model, catalog, history: [...(before?.history ?? []), entry] };
    try {
      const condition = before ? { ifMatch: before.etag } : ({ ifNoneMatch: "*" } as const);
      await this.store.put(channelKey(name), toJson(channelSchema.parse(after)), condition);
    } catch (error) {
      if (error instanceof ConflictError) throw this.#lost(name, await this.channel(name));
      throw error;
    }
  }

  #lost(name: string, winner: Channel | undefined): PromotionConflictError {
    const last = winner?.history.at(-1);
    const who = last
      ? `${last.who} moved it to model ${winner?.model ?? "none"} at ${last.at}`
      : "it was removed";
    return new PromotionConflictError(
      `channel "${name}" has changed meanwhile: ${who}. Nothing was promoted; look at it and try again`,
    );
  }

  async #catalogVersions(): Promise<string[]> {
    return (await this.store.list("catalogs/")).map((key) => key.split("/")[1]);
  }

  /** Two models within a second whose digests begin alike would have one name: the later takes more of its digest. */
  async #unusedVersion(createdAt: string, digest: string): Promise<string> {
    for (let length = 4; ; length++) {
      const version = `${stamp(createdAt)}-${digest.slice(0, length)}`;
      if ((await this.store.size(modelKey(version))) === undefined || length === digest.length)
        return version;
    }
  }

  async #document<T>(key: string, schema: z.ZodType<T>): Promise<{ value: T; etag: string } | undefined> {
    const object = await this.store.get(key);
    if (!object) return undefined;
    try {
      return { value: schema.parse(JSON.parse(new TextDecoder().decode(object.bytes))), etag: object.etag };
    } catch (cause) {
      throw new RegistryError(`${this.store.describe(key)} is damaged: ${(cause as Error).message}`, {
        cause,
      });
    }
  }
}

function modelKey(version: string): string {
  return `models/${version}/model.safetensors`;
}

function manifestKey(version: string): string {
  return `models/${version}/manifest.json`;
}

function testKey(version: string): string {
  return `models/${version}/test.json`;
}

function catalogKey(version: string): string {
  return `catalogs/${version}/catalog.safetensors`;
}

function channelKey(name: string): string {
  return `channels/${name}.json`;
}

/** `2026-11-23T20:15:00.123Z` → `20261123T201500Z` */
function stamp(iso: string): string {
  return `${iso.slice(0, 19).replace(/[-:]/g, "")}Z`;
}

function toJson(value: unknown): Uint8Array {
  return encoder.encode(`${JSON.stringify(value, undefined, 2)}\n`);
}
