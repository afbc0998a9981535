import { ConflictError, type Store } from "../store/store.ts";

/** What one step tells the later ones of a run, beside the sweep's files. */
type DocumentName = "request" | "selection";

/** Keeps a document unless the step was done before: the first one stands, and is given. */
export async function keepDocument(
  store: Store,
  run: string,
  name: DocumentName,
  value: object,
): Promise<object> {
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  try {
    await store.put(keyOf(run, name), bytes, { ifNoneMatch: "*" });
    return value;
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error;
    return (await readKept(store, run, name)) ?? value;
  }
}

/** `undefined` where the step was not done. Only these steps write it, so it is what they wrote. */
export async function readKept<T extends object>(
  store: Store,
  run: string,
  name: DocumentName,
): Promise<T | undefined> {
  const found = await store.get(keyOf(run, name));
  return found && (JSON.parse(new TextDecoder().decode(found.bytes)) as T);
}

function keyOf(run: string, name: DocumentName): string {
  return `sweeps/${run}/${name}.json`;
}
