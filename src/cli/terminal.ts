import { createLogUpdate } from "log-update";

/**
 * What a person watches: messages and progress bars on stderr, so that stdout holds the result alone. Bars are
 * drawn in place on a terminal; elsewhere each step is one line when it is done.
 */
export class Terminal {
  readonly #stream: NodeJS.WriteStream;
  readonly #draw: ReturnType<typeof createLogUpdate> | undefined;
  #bars = new Map<string, Bar>();
  #lastDrawn = 0;

  constructor(stream: NodeJS.WriteStream = process.stderr) {
    this.#stream = stream;
    this.#draw = stream.isTTY ? createLogUpdate(stream, { showCursor: true }) : undefined;
  }

  /** A line that stays. */
  say(line: string): void {
    this.#draw?.clear();
    this.#stream.write(`${line}\n`);
    this.#redraw(true);
  }

  /** Sets a bar's state, whose total may be Infinity; a bar that is full turns into a line that stays. */
  progress(label: string, done: number, total: number, note = ""): void {
    const begun = this.#bars.get(label)?.begun ?? performance.now();
    if (done < total) {
      this.#bars.set(label, { done, total, note, begun });
      this.#redraw(false);
      return;
    }
    this.#bars.delete(label);
    const seconds = ((performance.now() - begun) / 1000).toFixed(1);
    this.say(`✓ ${label}${note && `  ${note}`}  ${seconds} s`);
  }

  /** Leaves the terminal as a shell expects it, whatever was being drawn. */
  close(): void {
    this.#bars.clear();
    this.#draw?.clear();
    this.#draw?.done();
  }

  #redraw(now: boolean): void {
    // Some sources report thousands of steps a second; a terminal needs about twenty.
    if (!this.#draw || (!now && performance.now() - this.#lastDrawn < 50)) return;
    this.#lastDrawn = performance.now();
    const width = Math.max(0, ...[...this.#bars.keys()].map((label) => label.length));
    const lines = [...this.#bars].map(([label, bar]) => drawBar(label.padEnd(width), bar));
    if (lines.length > 0) this.#draw(lines.join("\n"));
    else this.#draw.clear();
  }
}

interface Bar {
  readonly done: number;
  readonly total: number;
  readonly note: string;
  readonly begun: number;
}

const barWidth = 28;

function drawBar(label: string, { done, total, note }: Bar): string {
  if (total === Number.POSITIVE_INFINITY) return `  ${label}  ${note}`;
  const filled = Math.round((barWidth * done) / Math.max(1, total));
  const bar = "█".repeat(filled) + "░".repeat(barWidth - filled);
  return `  ${label}  ${bar}  ${done}/${total}  ${note}`;
}

/** Columns under their heads, numbers to the right. Every row has as many cells as there are heads. */
export function formatColumns(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [heads, ...rows];
  const widths = heads.map((_, column) => Math.max(...all.map((row) => [...row[column]].length)));
  const numeric = heads.map(
    (_, column) => rows.length > 0 && rows.every((row) => /^[-+]?[\d.,%–]*$/.test(row[column])),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (numeric[column] ? cell.padStart(widths[column]) : cell.padEnd(widths[column])))
      .join("  ")
      .trimEnd();
  return all.map(line).join("\n");
}

/** As a shell takes it for one word. */
export function quoted(arg: string): string {
  return /^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", "'\\''")}'`;
}
