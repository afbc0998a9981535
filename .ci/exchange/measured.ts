// node .ci/exchange/measured.ts RESULT.json: what `aisle import --json` measured and decided.
import { readFileSync } from "node:fs";

interface Figures {
  readonly all: Readonly<
    Record<string, { readonly value: number; readonly low: number; readonly high: number }>
  >;
}
const { promoted, gate, metrics, baselines, notes, settings } = JSON.parse(
  readFileSync(process.argv[2], "utf8"),
) as {
  readonly promoted: boolean;
  readonly gate: { readonly reason: string };
  readonly metrics: Figures;
  readonly baselines: Readonly<Record<string, Figures>>;
  readonly notes: readonly string[];
  readonly settings: { readonly imported: { readonly by: string } };
};
const ours = metrics.all["ndcg@10"];
const popularity = baselines.popularity.all["ndcg@10"];
const figures = `ndcg@10 ${ours.value.toFixed(4)}, popularity's ${popularity.value.toFixed(4)}`;
console.log(`${settings.imported.by}: ${figures}; ${gate.reason}\n${notes.join("\n")}`);
if (!promoted) throw new Error("the gate did not let it live");
if (!(ours.low > popularity.high)) throw new Error("it is not measurably above popularity");
