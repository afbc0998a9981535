import { apiBase } from "../settings.ts";
import { insideClient } from "./inside-client.ts";

export interface Version {
  readonly version: string;
  /** for a list to choose from */
  readonly words: string;
}

interface VersionNote {
  readonly version: string;
  readonly createdAt: string;
  readonly factors: number;
  readonly source: string;
}

const shownMax = 12;

/**
 * The versions that can be compared, the newest first. Only a server on this very machine tells them: elsewhere there is
 * nothing to choose from, which is no fault.
 */
export async function listVersions(): Promise<readonly Version[]> {
  if (new URL(apiBase, location.href).origin !== location.origin) return [];
  const response = await fetch("/inside/versions");
  if (!response.ok) return [];
  const { versions } = (await response.json()) as { versions: readonly VersionNote[] };
  const { version: live } = await insideClient.model();
  // A model of other data knows other products: there would be nothing to compare.
  const source = versions.find(({ version }) => version === live)?.source;
  return versions
    .filter((note) => source === undefined || note.source === source)
    .toReversed()
    .slice(0, shownMax)
    .map((note) => ({ version: note.version, words: wordsOf(note, live) }));
}

const date = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

function wordsOf({ version, createdAt, factors }: VersionNote, live: string): string {
  const kind = factors === 0 ? "what is popular" : `model of ${factors} factors`;
  return `${version === live ? "The live " : "The "}${kind}, ${date.format(new Date(createdAt))}`;
}
