import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it, onTestFinished } from "vitest";
import { holdOut } from "../../src/interactions/holdout.ts";
import { FolderStore } from "../../src/store/folder-store.ts";
import { planned } from "../../src/training/lambda-sweep.ts";
import { SweepFiles } from "../../src/training/sweep-files.ts";
import { tinyLog, withAls } from "../training/tiny-shop.ts";

const program = `
  import { handler } from "./train.mjs";
  const context = { getRemainingTimeInMillis: () => 900000 };
  const trial = { step: "trial", run: "r1", trial: 0, factors: 8, iterations: 2 };
  const answers = [await handler(trial, context), await handler(trial, context)];
  answers.push(await handler({ step: "advance", run: "r1", round: 0 }, context));
  answers.push(await handler({ step: "dance" }, context).catch(({ name }) => name));
  console.log(JSON.stringify(answers));
`;

it("runs a trial on all cores from the image's files alone, and answers twice", async () => {
  const folder = mkdtempSync(join(tmpdir(), "aisle-train-bundle-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  cpSync(new URL("../../dist/lambda", import.meta.url), folder, { recursive: true });
  const store = new FolderStore(join(folder, "registry"));
  const files = new SweepFiles(store, "r1");
  const recipe = withAls({ factors: 8, iterations: 2 });
  const criterion = { task: "all", metric: "ndcg", k: 10, target: "any" } as const;
  await files.begin(holdOut(tinyLog(), { seed: 1 }), [planned(recipe)], { criterion, search: "grid" });
  writeFileSync(join(folder, "ask.mjs"), program);
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ["ask.mjs"], {
    cwd: folder,
    env: { AISLE_REGISTRY: "registry", AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "3008" },
  });
  expect(JSON.parse(stdout)).toEqual([
    { state: "done" },
    { state: "done" },
    { run: "r1", round: 1, trials: [], isDone: true },
    "ZodError",
  ]);
  expect(stderr).toMatch(/"message":"training","step":"trial","run":"r1","state":"done"/);
  expect((await files.result({ trial: 0, factors: 8, iterations: 2 }, recipe))?.iterations).toHaveLength(2);
  expect(await store.list("runs/")).toEqual(["runs/r1/0000.json", "runs/r1/0000.users.json"]);
});
