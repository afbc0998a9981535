import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import { allocateModel } from "./model/buffer.ts";
import { redactUsers } from "./model/redact.ts";
import type { Erasures } from "./registry/erasures.ts";
import type { Registry } from "./registry/registry.ts";
import { rewriteModel } from "./registry/rewrite-model.ts";
import type { Store } from "./store/store.ts";

const [pack, unpack] = [promisify(gzip), promisify(gunzip)];

/** Takes erased users out of every model, whether it serves or waits to be gone back to. Gives who lost how many. */
export async function redactModels(
  registry: Registry,
  erasures: Erasures,
): Promise<{ readonly version: string; readonly users: number }[]> {
  await erasures.refresh();
  if (erasures.isEmpty) return [];
  const redacted: { version: string; users: number }[] = [];
  for (const { version } of await registry.manifests()) {
    const users = await redactModel(registry, version, erasures);
    if (users > 0) redacted.push({ version, users });
  }
  return redacted;
}

async function redactModel(registry: Registry, version: string, erasures: Erasures): Promise<number> {
  const { fileBytes } = await registry.readModel(version, (byteLength) => {
    const result = allocateModel(byteLength);
    return { target: result.fileBytes, result };
  });
  const users = redactUsers(fileBytes, `model ${version}`, (userId, lastTimes) => {
    const erasedAt = erasures.erasedAt(userId);
    if (erasedAt === undefined) return false;
    return lastTimes.length === 0 || lastTimes.some((time) => time <= erasedAt);
  });
  const isAsked = (userId: string | undefined): boolean =>
    userId !== undefined && erasures.erasedAt(userId) !== undefined;
  const { golden } = await registry.manifest(version);
  if (users === 0 && !golden.some(({ userId }) => isAsked(userId))) return 0;
  await rewriteModel(registry.store, version, fileBytes, (manifest) => ({
    ...manifest,
    golden: manifest.golden.filter(({ userId }) => !isAsked(userId)),
  }));
  return users;
}

interface ArchiveLine {
  readonly user_id?: string;
  readonly session_id?: string;
  readonly timestamp?: number;
}

/**
 * Takes erased users out of an archive: files of gzip JSON Lines under `events/`. Sessions that turn out to have been
 * theirs go too, with what was done in them before the login.
 */
export async function rewriteArchive(
  archive: Store,
  erasures: Erasures,
): Promise<{ readonly key: string; readonly lines: number }[]> {
  await erasures.refresh();
  if (erasures.isEmpty) return [];
  const sessions = new Set<string>();
  const isErased = ({ user_id: userId, timestamp = 0 }: ArchiveLine): boolean =>
    userId !== undefined && timestamp <= (erasures.erasedAt(userId) ?? Number.NEGATIVE_INFINITY);
  const keys = await archive.list("events/");
  for (const key of keys) {
    for (const { line } of await readLines(archive, key)) {
      if (isErased(line) && line.session_id !== undefined) sessions.add(line.session_id);
    }
  }
  const isTheirs = ({ user_id: userId, session_id: sessionId }: ArchiveLine): boolean =>
    userId === undefined && sessionId !== undefined && sessions.has(sessionId);
  const rewritten: { key: string; lines: number }[] = [];
  for (const key of keys) {
    const lines = await readLines(archive, key);
    const kept = lines.filter(({ line }) => !isErased(line) && !isTheirs(line));
    if (kept.length === lines.length) continue;
    if (kept.length === 0) await archive.delete(key);
    else await archive.put(key, await pack(kept.map(({ text }) => `${text}\n`).join("")));
    rewritten.push({ key, lines: lines.length - kept.length });
  }
  return rewritten;
}

async function readLines(archive: Store, key: string): Promise<{ text: string; line: ArchiveLine }[]> {
  const object = await archive.get(key);
  if (object === undefined) return [];
  const isGzip = object.bytes[0] === 0x1f && object.bytes[1] === 0x8b;
  const text = new TextDecoder().decode(isGzip ? await unpack(object.bytes) : object.bytes);
  const texts = text.split("\n").filter((line) => line !== "");
  return texts.map((line, at) => {
    try {
      return { text: line, line: JSON.parse(line) as ArchiveLine };
    } catch (cause) {
      throw new ArchiveError(`${archive.describe(key)}: line ${at + 1} is not JSON`, { cause });
    }
  });
}

/** A file of the archive that cannot be understood: what it holds cannot be told. */
export class ArchiveError extends Error {
  override name = "ArchiveError";
}
