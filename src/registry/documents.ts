import type { z } from "zod";
import type { Store } from "../store/store.ts";

/** A request that the registry's present state does not allow. */
export class RegistryError extends Error {
  override name = "RegistryError";
}

/** A version that the registry does not have. */
export class UnknownVersionError extends RegistryError {
  override name = "UnknownVersionError";
}

/** Where everything lies: the same keys in a folder and in a bucket. */
export const keys = {
  model: (version: string): string => `models/${version}/model.safetensors`,
  manifest: (version: string): string => `models/${version}/manifest.json`,
  test: (version: string): string => `models/${version}/test.json`,
  history: (version: string): string => `models/${version}/history.json`,
  catalog: (version: string): string => `catalogs/${version}/catalog.safetensors`,
  rules: (version: string): string => `rules/${version}.json`,
  channel: (name: string): string => `channels/${name}.json`,
  rollout: (channel: string): string => `channels/${channel}.rollout.json`,
};

/** The condition of whatever never changes. */
export const onlyOnce = { ifNoneMatch: "*" } as const;

/** Every version under `models/` or `catalogs/` of which something is there, whole or not, oldest first. */
export async function versionsUnder(store: Store, prefix: "models/" | "catalogs/"): Promise<string[]> {
  const found = (await store.list(prefix)).map((key) => key.split("/")[1]);
  return [...new Set(found)].sort();
}

/**
 * A JSON document with its tag; `undefined` where there is none.
 * @throws RegistryError on one that is damaged, naming it and what is wrong
 */
export async function readDocument<T>(
  store: Store,
  key: string,
  schema: z.ZodType<T>,
): Promise<{ readonly value: T; readonly etag: string } | undefined> {
  const object = await store.get(key);
  if (!object) return undefined;
  try {
    return { value: schema.parse(JSON.parse(new TextDecoder().decode(object.bytes))), etag: object.etag };
  } catch (cause) {
    throw new RegistryError(`${store.describe(key)} is damaged: ${(cause as Error).message}`, { cause });
  }
}

export function toJson(value: unknown): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value, undefined, 2)}\n`);
}

/** `2026-11-23T20:15:00.123Z` and a digest → `20261123T201500Z-1f0c` */
export function nameVersion(createdAt: string, digest: string, digits: number): string {
  return `${createdAt.slice(0, 19).replace(/[-:]/g, "")}Z-${digest.slice(0, digits)}`;
}

/** When a version was made, in ms since 1970, by its name; NaN where the name does not say. */
export function timeOfVersion(version: string): number {
  return Date.parse(
    version.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-[0-9a-f]+$/, "$1-$2-$3T$4:$5:$6Z"),
  );
}
