type Mark = " " | "-" | "+";

interface Line {
  readonly mark: Mark;
  readonly text: string;
  /** how many lines of each file come before it */
  readonly before: readonly [old: number, fresh: number];
}

const contextLines = 3;

/** What changes from one text to another, as a unified diff without its head; empty where they are the same. */
export function lineDiff(old: string, fresh: string): string {
  if (old === fresh) return "";
  const lines = align(linesOf(old), linesOf(fresh));
  const near = lines.map(() => false);
  lines.forEach(({ mark }, at) => {
    if (mark !== " ") near.fill(true, Math.max(0, at - contextLines), at + contextLines + 1);
  });
  const hunks: Line[][] = [];
  lines.forEach((line, at) => {
    if (!near[at]) return;
    if (at > 0 && near[at - 1]) hunks.at(-1)!.push(line);
    else hunks.push([line]);
  });
  return hunks.map(describeHunk).join("");
}

function describeHunk(lines: readonly Line[]): string {
  const count = (other: Mark): number => lines.filter(({ mark }) => mark !== other).length;
  const place = (before: number, length: number): string => `${length === 0 ? before : before + 1},${length}`;
  const [old, fresh] = lines[0].before;
  const head = `@@ -${place(old, count("+"))} +${place(fresh, count("-"))} @@\n`;
  return head + lines.map(({ mark, text }) => `${mark}${text}\n`).join("");
}

/** A last line without an end is another line than the same with one. */
function linesOf(text: string): string[] {
  const lines = text.split("\n");
  const last = lines.pop()!;
  return last === "" ? lines : [...lines, `${last}\n\\ No newline at end of file`];
}

/** By the longest common subsequence, whose table is small for files that people write. */
function align(old: readonly string[], fresh: readonly string[]): Line[] {
  const width = fresh.length + 1;
  // (old + 1, fresh + 1), row-major: how many lines the rests from here have in common
  const common = new Uint32Array((old.length + 1) * width);
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = fresh.length - 1; j >= 0; j--) {
      const at = i * width + j;
      common[at] =
        old[i] === fresh[j] ? common[at + width + 1] + 1 : Math.max(common[at + width], common[at + 1]);
    }
  }
  const lines: Line[] = [];
  for (let i = 0, j = 0; i < old.length || j < fresh.length; ) {
    const before = [i, j] as const;
    const at = i * width + j;
    if (i < old.length && j < fresh.length && old[i] === fresh[j]) {
      lines.push({ mark: " ", text: old[i], before });
      i++;
      j++;
    } else if (j === fresh.length || (i < old.length && common[at + width] >= common[at + 1])) {
      lines.push({ mark: "-", text: old[i++], before });
    } else lines.push({ mark: "+", text: fresh[j++], before });
  }
  return lines;
}
