/** A column that was asked for or is needed, and that a file does not have. */
export class MissingColumnError extends Error {
  override name = "MissingColumnError";
}

/** The place of the first of `names` among `columns`, without regard to case, blanks, "_" and "-"; or -1. */
export function findColumn(columns: readonly string[], names: readonly string[]): number {
  const folded = columns.map(fold);
  for (const name of names) {
    const place = columns.indexOf(name);
    const similar = place >= 0 ? place : folded.indexOf(fold(name));
    if (similar >= 0) return similar;
  }
  return -1;
}

function fold(name: string): string {
  return name.toLowerCase().replace(/[\s_-]/g, "");
}
