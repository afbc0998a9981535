import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventsOf } from "../interactions/made-log.ts";
import { tinyLog } from "../training/tiny-shop.ts";
import { AisleProcess, aisle } from "./aisle-process.ts";

const folder = mkdtempSync(join(tmpdir(), "aisle-runs-"));
const registry = join(folder, "models");
const place = ["--registry", registry];
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Trained {
  readonly run: string;
  readonly version: string;
  readonly settings: unknown;
  readonly metrics: unknown;
  readonly trials: readonly { readonly trial: number; readonly best?: { readonly value: number } }[];
}

function write(
  name: string,
  log: ReturnType<typeof tinyLog>,
  from = 0,
  to = Number.POSITIVE_INFINITY,
): string {
  const rows = eventsOf(log).filter(({ time = 0 }) => time >= from && time < to);
  const path = join(folder, name);
  const lines = rows.map(({ user, item, type, time }) => [user, item, type, time].join(","));
  writeFileSync(path, ["user,item,event,time", ...lines].join("\n"));
  return path;
}

const log = tinyLog();
/** The last tenth of the days is left for the monitor. */
const end = 81 * 86_400;
const early = write("early.csv", log, 0, end);
const settings = [
  ...["--factors", "8,4", "--unobserved-weight", "0.1", "--regularization", "0.01,0.02", "--half-life", "60"],
  ...["--popularity-exponent", "0", "--iterations", "3", "--threads", "1"],
];
const training = ["train", "--events", early, ...settings];
const runFiles = (run: string): string[] => readdirSync(join(registry, "runs", run)).sort();
const textOf = (run: string, name: string): string => readFileSync(join(registry, "runs", run, name), "utf8");

async function json<Document>(args: readonly string[]): Promise<Document> {
  const { code, stdout, stderr } = await aisle([...args, ...place, "--json"]);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as Document;
}

const killed: { files: string[]; first: string } = { files: [], first: "" };
let whole: Trained;
let resumed: Trained;
beforeAll(async () => {
  const victim = new AisleProcess([...training, ...place, "--run", "killed"]);
  await victim.wrote(/\(2 of 4\)/);
  victim.kill("SIGKILL");
  expect((await victim.ended).signal).toBe("SIGKILL");
  killed.files = runFiles("killed");
  killed.first = textOf("killed", "0000.json");
  whole = await json<Trained>([...training, "--run", "whole"]);
  resumed = await json<Trained>([...training, "--resume", "killed"]);
});

describe("a training that was killed", () => {
  it("leaves what it set out to do and the trials that had ended, and no result", () => {
    expect(killed.files).toContain("run.json");
    expect(killed.files).toContain("0000.json");
    expect(killed.files).not.toContain("result.json");
  });

  it("goes on, running only what had not ended, and comes to what it would have come to", () => {
    expect(textOf("killed", "0000.json")).toBe(killed.first);
    expect(runFiles("killed")).toEqual(runFiles("whole"));
    expect([resumed.settings, resumed.metrics]).toEqual([whole.settings, whole.metrics]);
    const found = ({ trials }: Trained) => trials.map(({ trial, best }) => [trial, best?.value]);
    expect(found(resumed)).toEqual(found(whole));
    expect([whole.run, resumed.run]).toEqual(["whole", "killed"]);
    expect(textOf("killed", "result.users.json")).toBe(textOf("whole", "result.users.json"));
  });

  it("does not go on where it has ended, or where none was interrupted", async () => {
    const { version } = whole;
    const other = await aisle(["train", "--events", early, ...place, "--resume", "whole", ...settings]);
    expect([other.code, other.stdout]).toEqual([2, ""]);
    expect(other.stderr).toContain(`run whole has ended with model ${version}`);
    const none = await aisle([...training, ...place, "--resume"]);
    expect(none.stderr).toMatch(/no run in .* was interrupted: leave --resume out\n$/);
    const both = await aisle([...training, ...place, "--resume", "--run", "third"]);
    expect([both.code, both.stderr]).toEqual([2, expect.stringContaining("cannot be used with")]);
  });
});

describe("aisle runs", () => {
  it("lists runs and trials, filtered and sorted", async () => {
    const { stdout } = await aisle(["runs", ...place]);
    expect(stdout).toMatch(/^run +started +source +events +trials +of +state/);
    const rows = await json<Record<string, unknown>[]>([
      "runs",
      "list",
      "--where",
      "state=ended",
      "--sort",
      "run",
    ]);
    expect(rows.map(({ run, trials, of }) => [run, trials, of])).toEqual([
      ["killed", 4, 4],
      ["whole", 4, 4],
    ]);
    const list = ["runs", "list", "whole", "--where", "factors=8", "--outcome", "finished"];
    const trials = await json<Record<string, unknown>[]>([...list, "--sort", "-regularization"]);
    expect(trials.map(({ trial, regularization }) => [trial, regularization])).toEqual([
      [2, 0.02],
      [0, 0.01],
    ]);
    const table = await aisle(["runs", "list", "--where", "factors=4", ...place]);
    expect(table.stdout.trim().split("\n")).toHaveLength(5);
    const wrong = await aisle(["runs", "list", "whole", "--where", "factor=4", ...place]);
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('there is no column "factor"')]);
  });

  it("shows a run and a trial", async () => {
    const [run, trial] = await Promise.all([
      aisle(["runs", "show", "whole", ...place]),
      aisle(["runs", "show", "whole", "1", ...place]),
    ]);
    expect(run.stdout).toMatch(
      /^run whole, begun .*\n\d+ events of .*early\.csv[\s\S]*all items +ndcg@10[\s\S]*popularity/,
    );
    expect(run.stdout).toMatch(/chosen: trial \d; model .*\ngate \(production\): (promote|hold), /);
    expect(trial.stdout).toMatch(
      /^trial 1 of whole: finished[\s\S]*regularization 0\.01[\s\S]*iteration +loss +ndcg@10/,
    );
  });

  it("compares trials, runs and models, and says what to do where they do not pair up", async () => {
    const compare = (...names: string[]) => aisle(["runs", "compare", ...names, ...place]);
    const [trials, runs, models, mixed, unknown] = await Promise.all([
      compare("whole/0", "whole/2"),
      compare("killed", "whole"),
      json<{ verdict: string; difference: { value: number } }>([
        "runs",
        "compare",
        whole.version,
        resumed.version,
      ]),
      compare("whole", "whole/0"),
      compare("whole", "nowhere"),
    ]);
    expect(trials.stdout).toMatch(
      /whole\/2 .*whole\/0.*95 % interval.*ndcg@10 on all items, validation part/,
    );
    expect(runs.stdout).toMatch(/^cannot tell whole from killed: \+0\.0000/);
    expect(models).toMatchObject({ verdict: "cannot tell", difference: { value: 0 } });
    expect([mixed.code, mixed.stderr]).toEqual([2, expect.stringContaining("compare two of a kind")]);
    expect([unknown.code, unknown.stderr]).toEqual([
      2,
      expect.stringContaining("neither a run nor a model nowhere"),
    ]);
  });

  it("exports every trial as CSV", async () => {
    const file = join(folder, "trials.csv");
    const { code, stdout } = await aisle(["runs", "export", "--out", file, ...place]);
    expect([code, stdout]).toEqual([0, ""]);
    const rows = parse(readFileSync(file), { columns: true }) as Record<string, string>[];
    expect(rows).toHaveLength(8);
    const record = JSON.parse(textOf("whole", "0003.json")) as { best: { value: { value: number } } };
    const row = rows.find(({ run, trial }) => run === "whole" && trial === "3");
    expect(row).toMatchObject({ factors: "4", regularization: "0.02", outcome: "finished" });
    expect(Number(row?.value)).toBe(record.best.value.value);
  });
});

describe("aisle models history", () => {
  it("tells what the gate said, by how much, and what was forced; without a reason nothing is", async () => {
    const forcing = ["models", "promote", whole.version, ...place, "--force"];
    const empty = await aisle([...forcing, " "]);
    expect([empty.code, empty.stderr]).toEqual([2, expect.stringContaining("Say why")]);
    const { stdout } = await aisle(["models", "history", ...place]);
    expect(stdout).toContain(`promoted  ${whole.version}`);
    expect(stdout).toMatch(/difference [+−]0\.\d{4} \[[+−]0\.\d{4}, [+−]0\.\d{4}\]/);
  });
});

describe("aisle monitor", () => {
  const monitor = (...args: string[]) => aisle(["monitor", ...args, ...place]);

  it("scores the live model on what came after its data, beside what was popular then", async () => {
    const { code, stdout, stderr } = await monitor("--events", write("all.csv", log));
    expect(stderr).not.toMatch(/error/);
    expect(stdout).toMatch(/of 6,000 events came later; [\d,]+ events of any type of \d+ users count/);
    expect(stdout).toMatch(/all items +ndcg@10[\s\S]*popularity +0\./);
    expect([0, 3]).toContain(code);
    expect(stdout).toMatch(code === 0 ? /\nit still beats popularity: ndcg@10/ : /\nit is (worse|not shown)/);
  });

  it("cannot tell by a few users, or by none", async () => {
    const [few, none] = await Promise.all([
      monitor("--events", write("few.csv", log, end, end + 86_400), "--json"),
      monitor("--events", early),
    ]);
    expect(few.code).toBe(4);
    expect(JSON.parse(few.stdout)).toMatchObject({
      verdict: "cannot tell",
      sentence: expect.stringMatching(/^cannot tell: \d+ users are fewer than 200/),
    });
    expect([none.code, none.stdout]).toEqual([4, expect.stringContaining("cannot tell: none of")]);
  });
});

it("leaves no half-written record behind", () => {
  expect(existsSync(join(registry, ".pending")) ? readdirSync(join(registry, ".pending")) : []).toEqual([]);
});
