import { z } from "zod";
import type { Ask } from "./rest.ts";
import { liveAlias, type Registration, TrackerError } from "./tracker.ts";

type AskComet = <T>(request: Omit<Ask, "signal">, schema: z.ZodType<T>) => Promise<T>;

interface Order extends Registration {
  readonly experiment: string;
  readonly workspace: string;
}

const experimentModels = z.object({
  models: z.array(z.object({ experimentModelId: z.string(), modelName: z.string() })).default([]),
});
const registryModels = z.object({
  registryModels: z.array(z.object({ modelName: z.string() })).default([]),
});
const item = z.object({
  registryModelItemId: z.string(),
  version: z.string(),
  comment: z.string().nullish(),
  stages: z.array(z.string()).nullish(),
});
const details = z.object({ versions: z.array(item).default([]) });
type Item = z.infer<typeof item>;

/**
 * Puts the model that an experiment has (files of type model-element, grouped by its name) into the workspace's
 * registry, once; the stage `production` goes to what is live, and to nothing else. Gives the version there.
 */
export async function registerItem(ask: AskComet, order: Order): Promise<string> {
  const before = await itemsOf(ask, order);
  const ours = before?.find(({ comment }) => comment?.startsWith(markOf(order)));
  const version = ours?.version ?? (await addItem(ask, order, before));
  if (!order.isLive) return version;
  for (const each of before ?? []) {
    if (each.version !== version && each.stages?.includes(liveAlias)) await stage(ask, "/stage/delete", each);
  }
  if (ours && !ours.stages?.includes(liveAlias)) await stage(ask, "/stage", ours);
  return version;
}

/** Comet's registry knows small letters, digits and hyphens. */
export function registryName(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
}

/** The versions of the registered model; undefined where there is no such model. */
async function itemsOf(ask: AskComet, { name, workspace }: Order): Promise<Item[] | undefined> {
  const query = { workspaceName: workspace };
  const { registryModels: all } = await ask(
    { method: "GET", path: "/registry-model", query },
    registryModels,
  );
  if (!all.some(({ modelName }) => modelName === name)) return undefined;
  const one = { ...query, modelName: name };
  return (await ask({ method: "GET", path: "/registry-model/details", query: one }, details)).versions;
}

async function addItem(ask: AskComet, order: Order, before: readonly Item[] | undefined): Promise<string> {
  const { experiment, name, isLive } = order;
  const query = { experimentKey: experiment };
  const { models } = await ask({ method: "GET", path: "/experiment/model", query }, experimentModels);
  const model = models.find(({ modelName }) => modelName === name);
  if (!model)
    throw new TrackerError(`Comet does not show the model ${name} in its experiment yet`, "passing");
  const version = nextVersion(before ?? []);
  const json = {
    experimentModelId: model.experimentModelId,
    registryModelName: name,
    version,
    comment: `${markOf(order)}${order.description}`,
    stages: isLive ? [liveAlias] : [],
    ...(before ? {} : { description: "Recommender models, made by aisle", isPublic: false }),
  };
  const path = before ? "/write/registry-model/item" : "/write/registry-model";
  await ask({ method: "POST", path, json }, z.unknown());
  return version;
}

/** Our versions are times and digests; Comet's must be three numbers. */
function nextVersion(items: readonly Item[]): string {
  const majors = items.map(({ version }) => Number.parseInt(version, 10)).filter(Number.isFinite);
  return `${Math.max(0, ...majors) + 1}.0.0`;
}

/** By which a version is found again: a comment begins with it. */
function markOf({ version }: Order): string {
  return `aisle ${version}: `;
}

async function stage(
  ask: AskComet,
  verb: "/stage" | "/stage/delete",
  { registryModelItemId }: Item,
): Promise<void> {
  const query = { modelItemId: registryModelItemId, stage: liveAlias };
  await ask({ method: "GET", path: `/write/registry-model/item${verb}`, query }, z.unknown());
}
