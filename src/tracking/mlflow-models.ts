import { z } from "zod";
import { type Ask, unless } from "./rest.ts";
import { liveAlias, type Registration } from "./tracker.ts";

export type AskMlflow = <T>(request: Omit<Ask, "signal">, schema: z.ZodType<T>) => Promise<T>;

const version = z.object({ name: z.string(), version: z.coerce.string() });
const oneVersion = z.object({ model_version: version });
const versions = z.object({ model_versions: z.array(version).default([]) });

/** Makes the registered model and its version where they are not there, and moves the alias to what is live. */
export async function registerVersion(
  ask: AskMlflow,
  order: Registration & { readonly run: string; readonly source: string },
): Promise<string> {
  const made = (await versionOf(ask, order)) ?? (await makeVersion(ask, order));
  if (order.isLive) {
    const json = { name: order.name, alias: liveAlias, version: made };
    await ask({ method: "POST", path: "/registered-models/alias", json }, z.unknown());
  }
  return made;
}

/** A run makes one version: it is found by the run. */
async function versionOf(
  ask: AskMlflow,
  { name, run }: { name: string; run: string },
): Promise<string | undefined> {
  const query = { filter: `run_id = '${run}'`, max_results: "100" };
  const { model_versions: found } = await ask(
    { method: "GET", path: "/model-versions/search", query },
    versions,
  );
  return found.find((each) => each.name === name)?.version;
}

async function makeVersion(
  ask: AskMlflow,
  { name, version: ours, location, description, run, source }: Registration & { run: string; source: string },
): Promise<string> {
  const model = { name, description: "Recommender models, made by aisle" };
  await ask({ method: "POST", path: "/registered-models/create", json: model }, z.unknown()).catch(
    unless("RESOURCE_ALREADY_EXISTS"),
  );
  const tags = [
    { key: "aisle.model", value: ours },
    { key: "aisle.location", value: location },
  ];
  const json = { name, source, run_id: run, description, tags };
  const made = await ask({ method: "POST", path: "/model-versions/create", json }, oneVersion);
  return made.model_version.version;
}
