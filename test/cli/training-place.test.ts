import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/cli/failures.ts";
import type { Terminal } from "../../src/cli/terminal.ts";
import { checkPlace, openPlace, type PlaceFlags } from "../../src/cli/training-place.ts";
import { Registry } from "../../src/registry/registry.ts";
import { openStore } from "../../src/store/open-store.ts";

const bucket = new Registry(openStore("s3://models/shop"));
const folder = new Registry(openStore("models"));
const lambda: PlaceFlags = { on: "lambda", function: "training", concurrency: 3 };

describe("where trials run", () => {
  it("is this machine unless a function is named, in a registry that it reaches", async () => {
    const here: PlaceFlags = { on: "threads", concurrency: 3 };
    expect(checkPlace(here, folder)).toBeUndefined();
    expect(await openPlace(here, folder, "r1", {} as Terminal)).toBeUndefined();
    expect(checkPlace(lambda, bucket)).toBeUndefined();
    expect(await openPlace(lambda, bucket, "r1", {} as Terminal)).toBeTypeOf("function");
  });

  it.each<[PlaceFlags, Registry, RegExp]>([
    [{ on: "lambda", concurrency: 3 }, bucket, /needs --function: the stack's output TrainingFunctionName/],
    [lambda, folder, /s3:\/\/bucket\/prefix and not .*models/],
    [{ ...lambda, on: "threads" }, bucket, /--function names what runs trials --on lambda/],
  ])("%j is refused with what is missing", (flags, registry, said) => {
    expect(() => checkPlace(flags, registry)).toThrow(UsageError);
    expect(() => checkPlace(flags, registry)).toThrow(said);
  });
});
