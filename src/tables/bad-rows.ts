export interface BadRow {
  readonly file: string;
  readonly line: number;
  readonly reason: string;
}

export interface BadRows {
  readonly count: number;
  /** the first 20 */
  readonly examples: readonly BadRow[];
}

/** More bad rows than are tolerated. */
export class BadRowsError extends Error {
  override name = "BadRowsError";
  readonly bad: BadRows;

  constructor(bad: BadRows, rowCount: number, maxBadShare: number) {
    const examples = bad.examples.map(({ file, line, reason }) => `\n  ${file}: line ${line}: ${reason}`);
    const shown = examples.length < bad.count ? `, the first ${examples.length} of them` : "";
    super(
      `${bad.count} of ${rowCount} rows are bad, more than ${maxBadShare * 100} %${shown}:${examples.join("")}\n` +
        "Mend them, or allow more with --max-bad",
    );
    this.bad = bad;
  }
}

const examplesMax = 20;
const idCharsMax = 256;

/** Counts rows that cannot be used and keeps the first of them to show. */
export class BadRowCounter implements BadRows {
  count = 0;
  readonly examples: BadRow[] = [];

  add(file: string, line: number, reason: string): void {
    if (this.count++ < examplesMax) this.examples.push({ file, line, reason });
  }

  /** @throws BadRowsError where more than `maxBadShare` of all rows are bad */
  check(rowCount: number, maxBadShare: number): void {
    if (this.count > maxBadShare * rowCount) throw new BadRowsError(this, rowCount, maxBadShare);
  }
}

/** Why `id` cannot be an id: none, past 256 characters, or half a character; `role` names what it is of. */
export function faultOfId(role: string, id: string): string | undefined {
  if (id === "") return `has no ${role} id`;
  // A surrogate pair is one character of two units: only long ids are worth counting.
  if (id.length > idCharsMax && [...id].length > idCharsMax) {
    return `the ${role} id has more than ${idCharsMax} characters: ${quoteCell(id)}`;
  }
  return id.isWellFormed() ? undefined : `the ${role} id is not valid Unicode`;
}

/** The beginning of a cell's text, quoted for a message. */
export function quoteCell(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
