import { ConflictError, StoreError } from "./store.ts";

const mends: Readonly<Record<string, string>> = {
  EACCES: "this user may not: change the folder's owner or mode",
  EPERM: "this user may not: change the folder's owner or mode",
  EROFS: "the file system is read-only: name another folder",
  ENOSPC: "the disk is full: make room, then run it again",
  EDQUOT: "the quota is used up: make room, then run it again",
  ENOTDIR: "a part of the path is a file, not a folder",
  EEXIST: "a part of the path is a file, not a folder",
  EISDIR: "it is a folder, not a file",
};

/** Runs `work`; what the file system throws becomes a StoreError that says what could not be done and how to mend it. */
export async function explained<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === undefined || cause instanceof StoreError || cause instanceof ConflictError) throw cause;
    const mend = mends[code] ?? (cause as Error).message;
    throw new StoreError(`could not ${what} (${code}): ${mend}`, { cause });
  }
}

/** As `explained`, with `undefined` where there is no such file: a folder is none. */
export function orMissing<T>(what: string, work: () => Promise<T>): Promise<T | undefined> {
  return explained(what, () => ignoring(["ENOENT", "ENOTDIR", "EISDIR"], work()));
}

/** What `work` gives, or `undefined` where it fails with one of these codes. */
export function ignoring<T>(codes: readonly string[], work: Promise<T>): Promise<T | undefined> {
  return work.catch((error: NodeJS.ErrnoException) => {
    if (error.code !== undefined && codes.includes(error.code)) return undefined;
    throw error;
  });
}
