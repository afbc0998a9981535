import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { toJson } from "../../src/registry/documents.ts";
import { FolderStore } from "../../src/store/folder-store.ts";
import { runKeys } from "../../src/tracking/record.ts";
import { aisle } from "../cli/aisle-process.ts";
import { run, trialOf } from "./made-run.ts";

const folder = mkdtempSync(join(tmpdir(), "aisle-report-command-"));
afterAll(() => rmSync(folder, { recursive: true }));

it("aisle report writes the page, says so on stdout, and ends with 2 where there is no such run", async () => {
  const registry = join(folder, "registry");
  const store = new FolderStore(registry);
  await store.put(runKeys.run(run.run), toJson(run));
  await store.put(runKeys.trial(run.run, 0), toJson(trialOf(0, 0.2, { als: { factors: 8 } })));
  const out = join(folder, "page.html");
  const [made, wrong] = await Promise.all([
    aisle(["report", "--registry", registry, "--out", out, "--json"]),
    aisle(["report", "nope", "--registry", registry, "--out", join(folder, "none.html")]),
  ]);
  expect([made.code, made.stderr]).toEqual([0, ""]);
  const page = readFileSync(out);
  expect(JSON.parse(made.stdout)).toEqual({ run: run.run, out, byteLength: page.length });
  expect(page.toString()).toMatch(
    /^<!doctype html>\n<html lang="en">[\s\S]*1 of 144 trials have ended[\s\S]*<\/html>\n$/,
  );
  expect([wrong.code, wrong.stdout]).toEqual([2, ""]);
  expect(wrong.stderr).toMatch(/no run nope/);
});
