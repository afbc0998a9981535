// node .ci/quality.ts RESULT.json README.md [--write]
// Compares the README's quality table with what `aisle train --json` just measured, or writes it there.
import { readFileSync, writeFileSync } from "node:fs";

interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}
type Figures = Readonly<Record<string, Interval>>;
interface ByTask {
  readonly all: Figures;
  readonly new: Figures;
}

const [resultFile, readmeFile, mode] = process.argv.slice(2);
const result = JSON.parse(readFileSync(resultFile, "utf8")) as {
  readonly metrics: ByTask;
  readonly baselines: Readonly<Record<string, ByTask>>;
};
const columns = ["ndcg@10", "recall@20", "precision@10", "mrr@10"];
const [begin, end] = ["<!-- quality: begin -->", "<!-- quality: end -->"];

const table = (["all", "new"] as const).map((task) => {
  const rows = Object.entries({ "**aisle**": result.metrics, ...result.baselines })
    .map(([name, figures]) => ({ name, figures: figures[task] }))
    .sort((a, b) => b.figures["ndcg@10"].value - a.figures["ndcg@10"].value);
  const cell = ({ value, low, high }: Interval): string =>
    `${value.toFixed(4)} <sub>${low.toFixed(4)}–${high.toFixed(4)}</sub>`;
  return [
    `| ${task === "all" ? "all items" : "new items only"} | ${columns.join(" | ")} |`,
    `|---|${"---|".repeat(columns.length)}`,
    ...rows.map(
      ({ name, figures }) => `| ${name} | ${columns.map((column) => cell(figures[column])).join(" | ")} |`,
    ),
  ].join("\n");
});
const made = table.join("\n\n");
const readme = readFileSync(readmeFile, "utf8");
const from = readme.indexOf(begin) + begin.length;
const to = readme.indexOf(end);
if (from < begin.length || to < from) throw new Error(`${readmeFile} has no ${begin} … ${end}`);

if (mode === "--write") {
  writeFileSync(readmeFile, `${readme.slice(0, from)}\n${made}\n${readme.slice(to)}`);
} else {
  console.log(made);
  // Another processor's libm may differ in a last digit; a changed result differs in more.
  const numbers = (text: string): number[] =>
    [...text.matchAll(/\d\.\d{4}/g)].map(([digits]) => Number(digits));
  const [stated, measured] = [numbers(readme.slice(from, to)), numbers(made)];
  const off = measured.filter((value, at) => !(Math.abs(value - stated[at]) <= 0.0005));
  if (stated.length !== measured.length || off.length > 0) {
    console.error(
      `${readmeFile} states other figures (${off.length} of ${measured.length} differ): --write mends it`,
    );
    process.exitCode = 1;
  } else console.log(`${readmeFile} states these ${measured.length} figures`);
}
