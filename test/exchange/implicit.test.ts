import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exportFactors } from "../../src/exchange/export-factors.ts";
import { fitImported } from "../../src/exchange/fit-imported.ts";
import { readImplicit } from "../../src/exchange/implicit.ts";
import { alsSettingsOf, type ImportedFactors } from "../../src/exchange/imported-factors.ts";
import { encodeNumbers, encodeScalar, encodeText } from "../../src/exchange/npy.ts";
import { ZipWriter } from "../../src/exchange/zip-writer.ts";
import { aggregate } from "../../src/interactions/aggregate-by-formula.ts";
import { defaultConfidence } from "../../src/interactions/confidence.ts";
import type { Model } from "../../src/model/model.ts";
import { TensorFile } from "../../src/tensors/safetensors.ts";
import { fitPopularity, fitRecipe } from "../../src/training/fit.ts";
import { tinyLog, tinyRecipe } from "../training/tiny-shop.ts";
import { fitReference, settings } from "./reference-als.ts";

const events = tinyLog();
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aisle-implicit-"));
});
afterAll(() => rm(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

type Arrays = Readonly<Record<string, Uint8Array[]>>;
const fitted: Arrays = {
  user_factors: encodeNumbers(Float32Array.of(1, 2, 3, 4), [2, 2]),
  item_factors: encodeNumbers(Float32Array.of(1, 0, 0, 1, 1, 1), [3, 2]),
  alpha: encodeScalar(40),
  regularization: encodeScalar(0.01),
  iterations: encodeScalar(15n),
  dtype: encodeText(["float32"], []),
};

async function npzOf(changes: Arrays, without: readonly string[] = []): Promise<string> {
  const path = at("model.npz");
  const zip = await ZipWriter.create(path);
  const arrays = Object.entries({ ...fitted, ...changes }).filter(([name]) => !without.includes(name));
  for (const [name, parts] of arrays) await zip.add(`${name}.npy`, parts);
  await zip.finish();
  return path;
}

async function idFile(name: string, text: string): Promise<string> {
  await writeFile(at(name), text);
  return at(name);
}

describe("implicit's npz", () => {
  it("is read with ids by line", async () => {
    const userIds = await idFile("users.txt", "anna\nzoë\n");
    const itemIds = await idFile("items.txt", "i1\r\ni2\r\ni 3\r\n");
    const { factors, settings: said } = await readImplicit(await npzOf({}), { userIds, itemIds });
    expect([...factors.users.ids]).toEqual(["anna", "zoë"]);
    expect([...factors.items.ids]).toEqual(["i1", "i2", "i 3"]);
    expect(factors.users.vectors).toEqual(Float32Array.of(1, 2, 3, 4));
    expect(factors.rank).toBe(2);
    expect(said).toEqual({ alpha: 40, regularization: 0.01, iterations: 15, seed: undefined });
  });

  it("is read with ids of its own, as text or numbers", async () => {
    const ids = {
      user_ids: encodeText(["anna", "zoë"]),
      item_ids: encodeNumbers(Int32Array.of(7, 8, 9), [3]),
    };
    const { factors } = await readImplicit(await npzOf(ids), {});
    expect([...factors.items.ids]).toEqual(["7", "8", "9"]);
  });

  it("says what is missing, of another shape, or no number", async () => {
    const ids = { user_ids: encodeText(["a", "b"]), item_ids: encodeText(["x", "y", "z"]) };
    const reading = async (changes: Arrays, without: string[] = []) =>
      readImplicit(await npzOf({ ...ids, ...changes }, without), {});
    await expect(reading({}, ["item_factors"])).rejects.toThrow(
      /item_factors.npy is not in it; there are user_factors/,
    );
    await expect(reading({}, ["user_ids"])).rejects.toThrow(/names no users: give --user-ids FILE/);
    await expect(reading({ user_ids: encodeText(["a"]) })).rejects.toThrow(
      /user_factors has 2 rows, and there are 1 ids in user_ids/,
    );
    await expect(reading({ user_ids: encodeText(["a", "a"]) })).rejects.toThrow(
      /user_ids\[1\] "a" is there already/,
    );
    await expect(reading({ user_ids: encodeText(["a", ""]) })).rejects.toThrow(/user_ids\[1\] is empty/);
    const one = encodeNumbers(Float32Array.of(1, 2), [2, 1]);
    await expect(reading({ user_factors: one })).rejects.toThrow(/users have 1 factors and items 2/);
    const flat = encodeNumbers(Float32Array.of(1, 2), [2]);
    await expect(reading({ user_factors: flat })).rejects.toThrow(
      /user_factors has the shape \[2\], not \[users, factors\]/,
    );
    const broken = encodeNumbers(Float32Array.of(1, 2, 3, Number.NaN), [2, 2]);
    await expect(reading({ user_factors: broken })).rejects.toThrow(
      /user_factors: factor 2 of "b" is NaN: the fit diverged/,
    );
    const whole = encodeNumbers(Int32Array.of(1, 2, 3, 4), [2, 2]);
    await expect(reading({ user_factors: whole })).rejects.toThrow(/holds no float32 or float64/);
    await expect(reading({ alpha: one })).rejects.toThrow(/alpha is 1 of the shape \[2,1\], not one number/);
  });

  it("says which line of ids is wrong", async () => {
    const itemIds = await idFile("items.txt", "x\ny\nz\n");
    const reading = async (text: string) =>
      readImplicit(await npzOf({}), { userIds: await idFile("users.txt", text), itemIds });
    await expect(reading("a\na\n")).rejects.toThrow(/users\.txt: line 2: the id "a" is there already/);
    await expect(reading("a\n\nb")).rejects.toThrow(/users\.txt: line 2 is empty/);
    await expect(reading("")).rejects.toThrow(/there is not one id in it/);
    await expect(reading(`a\n${"x".repeat(2000)}`)).rejects.toThrow(/line 2 is longer than the 1024 bytes/);
    await expect(readImplicit(await npzOf({}), { userIds: at("none.txt"), itemIds })).rejects.toThrow(
      /none\.txt: .*no such file/,
    );
  });
});

describe("an export", () => {
  const about = { version: "v1", alpha: 1 };
  let model: Model;
  beforeAll(async () => {
    ({ model } = await fitRecipe(events, tinyRecipe));
  });

  const scoreOf = ({ users, items, rank }: ImportedFactors, user: number, item: number): number => {
    let score = 0;
    for (let k = 0; k < rank; k++) score += users.vectors[user * rank + k] * items.vectors[item * rank + k];
    return score;
  };

  it("as npz holds the scores and ids, for implicit to load and for ourselves", async () => {
    await exportFactors(model, about, { format: "npz", path: at("out.npz") });
    const { factors, settings: said } = await readImplicit(at("out.npz"), {});
    expect([...factors.users.ids]).toEqual([...model.users]);
    expect([...factors.items.ids]).toEqual([...model.items]);
    expect(said).toMatchObject({ alpha: 1, regularization: 0.005 });
    for (const user of [0, 9, 250]) {
      const vector = model.userVector(user) as Float32Array;
      const [score] = model.scores(vector, [11]);
      expect(scoreOf(factors, user, 11)).toBeCloseTo(score, 9);
    }
  });

  it("as safetensors holds the same under the names that Python knows", async () => {
    await exportFactors(model, about, { format: "safetensors", path: at("out.safetensors") });
    const file = TensorFile.open(new Uint8Array(await readFile(at("out.safetensors"))), "out");
    expect(file.shape("user_factors")).toEqual([model.userCount, model.rank]);
    expect(file.f32("item_factors").subarray(0, model.rank)).toEqual(model.itemVector(0));
    const offsets = file.u32("item_ids.offsets");
    const first = file.u8("item_ids.bytes").subarray(offsets[3], offsets[4]);
    expect(new TextDecoder().decode(first)).toBe(model.items.id(3));
    expect(JSON.parse(file.metadata.aisle)).toMatchObject({ version: "v1", rank: 8 });
  });

  it("folds users in where their rows are not stored", async () => {
    const interactions = aggregate(events, defaultConfidence);
    const given = fitReference("implicit", interactions);
    const als = alsSettingsOf("implicit", given.rank, settings);
    const imported = { by: "implicit", alpha: settings.alpha, users: "solved" } as const;
    const recipe = { confidence: defaultConfidence, als, popularityExponent: 0, imported };
    const { model: solved } = fitImported(events, interactions, given, recipe);
    await exportFactors(
      solved,
      { version: "v2", alpha: settings.alpha },
      { format: "npz", path: at("solved.npz") },
    );
    const { factors } = await readImplicit(at("solved.npz"), {});
    const folded = solved.foldIn(solved.history(7))?.vector as Float32Array;
    expect(factors.users.vectors.subarray(7 * 6, 8 * 6)).toEqual(folded);
  });

  it("of popularity alone is refused, and leaves no file", async () => {
    const { model: popular } = fitPopularity(events, tinyRecipe);
    const path = at("popular.npz");
    await expect(exportFactors(popular, about, { format: "npz", path })).rejects.toThrow(
      /v1 is a model of popularity alone/,
    );
    await expect(readFile(path)).rejects.toThrow(/ENOENT/);
  });
});
