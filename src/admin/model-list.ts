import { comparePaired } from "../evaluation/compare.ts";
import type { Figure } from "../evaluation/metrics.ts";
import type { Interval } from "../math/bootstrap.ts";
import { judgeVersion } from "../promotion.ts";
import type { GateAnswer } from "../registry/gate.ts";
import type { Manifest, TestRecord } from "../registry/manifest.ts";
import type { Registry } from "../registry/registry.ts";
import { historyOf, type VersionHistory } from "../registry/version-history.ts";
import { channelOf, type Desk } from "./desk.ts";

/** How much a model differs from another recommender on the same test users. */
export interface Lead extends Interval {
  /** such as `ndcg@10 on new items` */
  readonly metric: string;
  readonly userCount: number;
  /** the same ÷ the other's figure; absent where the other scored nothing */
  readonly relative?: Interval | undefined;
}

type Figures = Readonly<Record<string, Figure>>;
export interface FiguresByTask {
  readonly all?: Figures | undefined;
  readonly new?: Figures | undefined;
}

/** A model as a list shows it. */
export interface ModelCard {
  readonly version: string;
  readonly createdAt: string;
  readonly isLive: boolean;
  /** 0: it only knows what is popular */
  readonly factors: number;
  readonly userCount: number;
  readonly itemCount: number;
  readonly eventCount: number;
  readonly source: string;
  /** how the data was cut to measure it */
  readonly split: string;
  /** ISO 8601: of the data that it serves from */
  readonly lastEvent?: string;
  readonly metrics?: FiguresByTask;
  readonly baselines: Readonly<Record<string, FiguresByTask>>;
  /** absent where nothing was held out */
  readonly overPopularity?: Lead;
  /** absent for what is live, and where the two were not measured on the same cut */
  readonly overLive?: Lead;
}

export interface ModelDetail extends ModelCard {
  readonly recipe: unknown;
  readonly seed: number;
  /** every time that it was made live */
  readonly history: VersionHistory;
  /** what the gate would say now; absent for what is live */
  readonly gate?: GateAnswer;
}

/** Every model, the newest first. */
export async function listModels(desk: Desk): Promise<ModelCard[]> {
  const { registry } = desk;
  const [manifests, channel] = await Promise.all([registry.manifests(), channelOf(desk)]);
  const cards = await Promise.all(manifests.map((manifest) => cardOf(registry, manifest, channel.model)));
  return cards.reverse();
}

/** @throws UnknownVersionError */
export async function showModel(desk: Desk, version: string): Promise<ModelDetail> {
  const { registry } = desk;
  const manifest = await registry.manifest(version);
  const channel = await channelOf(desk);
  const [card, history, gate] = await Promise.all([
    cardOf(registry, manifest, channel.model),
    historyOf(registry, version),
    version === channel.model ? undefined : judgeVersion(version, channel, { registry }),
  ]);
  return { ...card, recipe: manifest.recipe, seed: manifest.seed, history, ...(gate && { gate }) };
}

async function cardOf(registry: Registry, manifest: Manifest, live: string | undefined): Promise<ModelCard> {
  const { version, createdAt, rank, userCount, itemCount, data, metrics, baselines } = manifest;
  const lastEvent = manifest.fits.find(({ name }) => name === "served")?.lastEvent;
  const overPopularity = await leadOverPopularity(registry, manifest);
  const overLive =
    live === undefined || live === version ? undefined : await leadOver(registry, manifest, live);
  return {
    ...{ version, createdAt, isLive: version === live, factors: rank, userCount, itemCount },
    ...{ eventCount: data.eventCount, source: data.source, split: data.split },
    ...(lastEvent !== undefined && { lastEvent: new Date(lastEvent * 1000).toISOString() }),
    ...(metrics && { metrics: { all: metrics.all, new: metrics.new } }),
    baselines,
    ...(overPopularity && { overPopularity }),
    ...(overLive && { overLive }),
  };
}

/** Against the popularity baseline of its own cut, as the gate compares them. */
export function leadOverPopularity(registry: Registry, manifest: Manifest): Promise<Lead | undefined> {
  return drawnOnce(registry, manifest.version, async () => {
    const test = await registry.testRecord(manifest.version);
    return test && leadOf(test, test.popularity, manifest.seed);
  });
}

function leadOver(registry: Registry, { version, seed }: Manifest, other: string): Promise<Lead | undefined> {
  return drawnOnce(registry, `${version} over ${other}`, async () => {
    const [test, others] = await Promise.all([registry.testRecord(version), registry.testRecord(other)]);
    const isSameCut = test && others && test.cut === others.cut && test.metric === others.metric;
    return isSameCut ? leadOf(test, others.model, seed) : undefined;
  });
}

const drawn = new WeakMap<Registry, Map<string, Promise<Lead | undefined>>>();

/** Versions never change, so that intervals need to be drawn once. */
function drawnOnce(
  registry: Registry,
  key: string,
  draw: () => Promise<Lead | undefined>,
): Promise<Lead | undefined> {
  const known = drawn.get(registry) ?? new Map<string, Promise<Lead | undefined>>();
  drawn.set(registry, known);
  const found = known.get(key) ?? draw();
  known.set(key, found);
  found.catch(() => known.delete(key));
  return found;
}

function leadOf({ metric, model }: TestRecord, other: readonly number[], seed: number): Lead | undefined {
  if (model.length === 0) return undefined;
  const difference = comparePaired(Float32Array.from(other), Float32Array.from(model), { seed });
  const { value, low, high, userCount, relative } = difference;
  return { metric, userCount, value, low, high, ...(relative && { relative }) };
}
