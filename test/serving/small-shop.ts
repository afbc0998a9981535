import { vi } from "vitest";
import { Catalog, packCatalog } from "../../src/catalog/catalog.ts";
import type { CatalogItem } from "../../src/catalog/catalog-item.ts";
import { log } from "../../src/log.ts";
import type { Model } from "../../src/model/model.ts";
import { UnknownVersionError } from "../../src/registry/documents.ts";
import { Serving } from "../../src/serving/serving.ts";
import type { ChannelState, LoadedModel, VersionSource } from "../../src/serving/source.ts";
import { modelOf, smallContents } from "../model/small-shop.ts";

/** The small shop's items: all in the model but one, one of the model's not here, one out of stock. */
export const items: CatalogItem[] = Array.from({ length: 40 }, (_, number) => ({
  itemId: `ítem ${number}`,
  title: number === 4 ? `<img src=x onerror=alert(1)>` : `Product number ${number}`,
  price: number + 0.5,
  category: number % 2 === 0 ? "even" : "odd",
  image: `/images/product-${number}.svg`,
  installments: 3,
  available: number !== 6,
  attributes: { style: number % 3 === 0 ? "classic" : "modern" },
}));

/** The catalogue "c1". */
export const shopItems: CatalogItem[] = [
  ...items.filter(({ itemId }) => itemId !== "ítem 8"),
  { itemId: "new", title: "Árrived today", available: true, attributes: {} },
];

export function smallCatalog(list: readonly CatalogItem[] = shopItems): Catalog {
  return Catalog.open(packCatalog(list), "small catalogue");
}

/** What the log would say goes here instead. */
export const logged: string[] = [];
for (const level of ["info", "warn", "error"] as const) {
  vi.spyOn(log, level).mockImplementation((message) => {
    logged.push(`${level}: ${message}`);
  });
}

let personal: Promise<Model> | undefined;
let popular: Promise<Model> | undefined;

/** Trained once for all tests of a file. */
export function personalModel(): Promise<Model> {
  personal ??= smallContents().then(modelOf);
  return personal;
}

/** The same events without factors. */
export function popularModel(): Promise<Model> {
  popular ??= smallContents().then(({ interactions }) => modelOf({ interactions }));
  return popular;
}

/** Versions in memory, whose channel and failures a test sets. */
export class MemorySource implements VersionSource {
  readonly channel = "production";
  state: ChannelState | undefined;
  readonly models = new Map<string, () => Promise<LoadedModel>>();
  readonly catalogs = new Map<string, () => Promise<Catalog>>();
  channelReads = 0;
  modelLoads = 0;
  channelFailure: Error | undefined;

  async readChannel(): Promise<ChannelState | undefined> {
    this.channelReads++;
    if (this.channelFailure) throw this.channelFailure;
    return this.state;
  }

  async modelByteLength(version: string): Promise<number> {
    return (await this.#load(version)).model.buffer.fileBytes.byteLength;
  }

  loadModel(version: string): Promise<LoadedModel> {
    this.modelLoads++;
    return this.#load(version);
  }

  async loadCatalog(version: string): Promise<Catalog> {
    const load = this.catalogs.get(version);
    if (!load) throw new Error(`no catalogue ${version}`);
    return await load();
  }

  async #load(version: string): Promise<LoadedModel> {
    const load = this.models.get(version);
    if (!load) throw new UnknownVersionError(`no model ${version}`);
    return await load();
  }
}

/** A source with a personal model "v1", a popularity-only one "v0" and a catalogue "c1"; the channel names v1 and c1. */
export function smallSource(): MemorySource {
  const source = new MemorySource();
  const metrics = { all: { "ndcg@10": 0.25 } };
  source.models.set("v1", async () => ({
    model: await personalModel(),
    trainedAt: "2026-01-02T03:04:05Z",
    metrics,
  }));
  source.models.set("v0", async () => ({ model: await popularModel() }));
  source.catalogs.set("c1", async () => smallCatalog());
  source.state = { etag: "1", model: "v1", catalog: "c1" };
  return source;
}

export function smallServing(): Promise<Serving> {
  return Serving.start({ source: smallSource() });
}
