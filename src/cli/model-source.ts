import { readConfig } from "../config.ts";
import { openKeys } from "../keys/open-keys.ts";
import type { PseudonymKey } from "../model/pseudonyms.ts";
import { registrySource } from "../serving/registry-source.ts";
import type { VersionSource } from "../serving/source.ts";
import { UsageError } from "./failures.ts";
import { openRegistry, type RegistryFlags } from "./registry-options.ts";

/** What the channel names; models that hide their users' ids are opened with the keys that AISLE_KEYS names. */
export function modelSource(flags: Pick<RegistryFlags, "registry" | "channel">): VersionSource {
  return registrySource(openRegistry(flags), flags.channel, pseudonymKeys);
}

async function pseudonymKeys() {
  const { keysFile } = readConfig();
  return keysFile === undefined ? [] : (await openKeys(keysFile)).pseudonymKeys;
}

/** The newest key that holds. @throws UsageError where there is none */
export async function newestPseudonymKey(): Promise<PseudonymKey> {
  const key = (await pseudonymKeys()).filter(({ isRevoked }) => !isRevoked).at(-1);
  if (key) return key;
  throw new UsageError(
    "--pseudonymous needs a key to hide ids under, among those that AISLE_KEYS names: make one with  " +
      "AISLE_KEYS=keys.json aisle keys create --role pseudonym",
  );
}
