import { ConflictError, type Store } from "../store/store.ts";
import { checkCatalog, getCatalog, putCatalog } from "./catalog-versions.ts";
import {
  type Channel,
  type ChannelEntry,
  channelKey,
  channelSchema,
  earlierModels,
  isChannelName,
  lostTo,
  moved,
  PromotionConflictError,
} from "./channel.ts";
import { digestChunks } from "./chunk-digests.ts";
import { copyVersion } from "./copy-version.ts";
import { keys, onlyOnce, RegistryError, readDocument, toJson } from "./documents.ts";
import {
  type Manifest,
  type ManifestParts,
  manifestSchema,
  type TestRecord,
  testRecordSchema,
} from "./manifest.ts";
import {
  checkModel,
  eraseModel,
  findManifest,
  getManifest,
  listManifests,
  putModel,
  readModel,
} from "./model-versions.ts";
import { checkNotUnderWay, type RolloutRecord, readRollout, rolloutModels } from "./rollout-record.ts";
import { checkRules, getRules, putRules, type Rules } from "./rules.ts";

/** Who changes a channel, and why: kept in its history. */
export interface Change {
  readonly who: string;
  readonly why: string;
  readonly gate?: ChannelEntry["gate"];
  /** the rollout that moves the channel: while one is under way, nobody else may move its model */
  readonly rollout?: string;
}

type ReadChannel = Channel & { readonly etag: string };

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
    // Checked before anything is written; the name is known only once it is taken.
    const draft = manifestSchema.parse({ ...parts, version: "", createdAt, model: digests });
    const record = test && testRecordSchema.parse(test);
    const version = await putModel(this.store, model, createdAt, digests);
    const manifest = { ...draft, version };
    try {
      if (record) await this.store.put(keys.test(version), toJson(record), onlyOnce);
      await this.store.put(keys.manifest(version), toJson(manifest), onlyOnce);
    } catch (error) {
      // A disk that is full should not keep half a version. Why it failed matters more than a second failure.
      await eraseModel(this.store, version).catch(() => {});
      throw error;
    }
    return manifest;
  }

  /** @throws RegistryError where there is no such version */
  manifest(version: string): Promise<Manifest> {
    return getManifest(this.store, version);
  }

  /** What a version's test measured by user; `undefined` where nothing was held out. */
  async testRecord(version: string): Promise<TestRecord | undefined> {
    return (await readDocument(this.store, keys.test(version), testRecordSchema))?.value;
  }

  /** Every version that is whole, oldest first. */
  manifests(): Promise<Manifest[]> {
    return listManifests(this.store);
  }

  /**
   * Reads a model into memory that `allocate` gives, checking its digests beside the reading.
   * @param version or its manifest, for those who have read it
   * @throws DigestError on the first damaged chunk
   */
  async readModel<T>(
    version: string | Manifest,
    allocate: (byteLength: number) => { target: Uint8Array; result: T },
  ): Promise<T> {
    const manifest = typeof version === "string" ? await this.manifest(version) : version;
    return readModel(this.store, manifest, allocate);
  }

  /** Stores a catalogue and gives its version: the same catalogue twice is one version. */
  publishCatalog(bytes: Uint8Array): Promise<string> {
    return putCatalog(this.store, bytes, this.#now().toISOString());
  }

  /** @throws RegistryError where there is no such catalogue, or it is not the one that was published */
  readCatalog(version: string): Promise<Uint8Array> {
    return getCatalog(this.store, version);
  }

  /** Stores rules and gives their version: the same rules twice are one version. */
  publishRules(rules: Rules): Promise<string> {
    return putRules(this.store, rules, this.#now().toISOString());
  }

  /** @throws RegistryError where there are no such rules, or they are damaged */
  readRules(version: string): Promise<Rules> {
    return getRules(this.store, version);
  }

  async channel(name: string): Promise<ReadChannel | undefined> {
    const document = await readDocument(this.store, channelKey(name), channelSchema);
    return document && { ...document.value, etag: document.etag };
  }

  async channelNames(): Promise<string[]> {
    const found = (await this.store.list("channels/")).map((key) => /^channels\/(.*)\.json$/.exec(key)?.[1]);
    return found.filter((name) => name !== undefined && isChannelName(name)) as string[];
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
    await checkModel(this.store, live.model);
    if (live.catalog !== undefined) await checkCatalog(this.store, live.catalog);
    await this.#checkRollout(name, change);
    const before = await this.channel(name);
    if (before?.etag !== expected) throw lostTo(name, before);
    await this.#move(name, before, { ...live, action: "promote", ...change });
  }

  /**
   * Back to a version: the last one that was live before and is still there, unless another is named.
   * Gives the version that is live now.
   */
  async rollback(name: string, change: Change, to?: string): Promise<string> {
    const channel = await this.channel(name);
    const model = to ?? (channel && (await this.#firstThere(earlierModels(channel))));
    if (!channel || !model) {
      throw new RegistryError(
        `channel "${name}" of ${this.store.location} has nothing to go back to: name a version, see "aisle models"`,
      );
    }
    if (model === channel.model)
      throw new RegistryError(`model ${model} is live in channel "${name}" already`);
    await checkModel(this.store, model);
    await this.#checkRollout(name, change);
    await this.#move(name, channel, { model, action: "rollback", ...change });
    return model;
  }

  /** Makes a catalogue live; the model stays. A model that moves meanwhile is no reason to fail: it is tried again. */
  async setCatalog(name: string, catalog: string, change: Change): Promise<void> {
    await checkCatalog(this.store, catalog);
    await this.#moveOne(name, { catalog, action: "catalog", ...change });
  }

  /**
   * Makes rules live, as `setCatalog`.
   * @param replaces the rules that the new ones were written to replace, "none" for none: refused where others are live
   * @throws PromotionConflictError
   */
  async setRules(name: string, rules: string, change: Change, replaces?: string): Promise<void> {
    await checkRules(this.store, rules);
    await this.#moveOne(name, { rules, action: "rules", ...change }, (before) => {
      const live = before?.rules ?? "none";
      if (replaces === undefined || live === replaces || live === rules) return;
      throw new PromotionConflictError(
        `the rules of channel "${name}" are ${live} by now, not ${replaces}: look at them with "aisle rules show"`,
      );
    });
  }

  /** Moves what is no model; a channel that moves meanwhile is looked at again. */
  async #moveOne(
    name: string,
    entry: Omit<ChannelEntry, "at"> & { action: "catalog" | "rules" },
    check: (before: Channel | undefined) => void = () => {},
  ): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const before = await this.channel(name);
      check(before);
      if (before?.[entry.action] === entry[entry.action]) return;
      try {
        return await this.#move(name, before, entry);
      } catch (error) {
        const isLost = error instanceof PromotionConflictError;
        if (!isLost || attempt === 20) throw error;
      }
    }
  }

  /** @throws RegistryError where a channel names it */
  async remove(version: string): Promise<void> {
    await this.manifest(version);
    for (const name of await this.channelNames()) {
      if ((await this.channel(name))?.model === version) {
        throw new RegistryError(`model ${version} is live in channel "${name}": promote another one first`);
      }
      if (rolloutModels(await this.rollout(name)).includes(version)) {
        throw new RegistryError(`model ${version} is part of a rollout under way in channel "${name}"`);
      }
    }
    await eraseModel(this.store, version);
  }

  /** Copies a version with its manifest as it is: same name, same digests, same measurements. */
  copyTo(other: Registry, version: string): Promise<void> {
    return copyVersion(this, other, version);
  }

  /** The last rollout of a channel, finished or not. */
  async rollout(name: string): Promise<RolloutRecord | undefined> {
    channelKey(name);
    return (await readRollout(this.store, name))?.value;
  }

  /** A channel that moved on its own would name a model that the alias does not serve. */
  async #checkRollout(name: string, { rollout }: Change): Promise<void> {
    checkNotUnderWay(await this.rollout(name), name, rollout);
  }

  async #firstThere(versions: readonly string[]): Promise<string | undefined> {
    for (const version of versions) if (await findManifest(this.store, version)) return version;
    return undefined;
  }

  async #move(
    name: string,
    before: ReadChannel | undefined,
    change: Omit<ChannelEntry, "at">,
  ): Promise<void> {
    const after = moved(before, { at: this.#now().toISOString(), ...change });
    try {
      const condition = before ? { ifMatch: before.etag } : onlyOnce;
      await this.store.put(channelKey(name), toJson(channelSchema.parse(after)), condition);
    } catch (error) {
      if (error instanceof ConflictError) throw lostTo(name, await this.channel(name));
      throw error;
    }
  }
}
