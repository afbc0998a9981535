import { expect, test } from "vitest";
import { modelBytesMax } from "../../src/model/buffer.ts";
import { storesUserRows } from "../../src/model/user-rows.ts";
import { modelOf, smallContents } from "./small-shop.ts";

const contents = await smallContents();

test("a small shop's rows are stored unless somebody asks for none", () => {
  expect(modelOf(contents).hasUserFactors).toBe(true);
  expect(modelOf({ ...contents, userFactors: false }).hasUserFactors).toBe(false);
});

test("a large shop's rows are folded in, where that is fast", () => {
  const large = { userCount: 1_000_000, otherBytes: 5e8 };
  expect(storesUserRows({ ...large, rank: 64 })).toBe(false);
  expect(storesUserRows({ ...large, rank: 256 })).toBe(true);
  expect(storesUserRows({ ...large, rank: 64, asked: true })).toBe(true);
});

test("what does not fit into 4 GiB stays outside, whoever asks", () => {
  const rows = { userCount: 1_000_000, rank: 256 };
  const room = modelBytesMax - rows.userCount * rows.rank * 4;
  for (const asked of [undefined, true]) {
    expect(storesUserRows({ ...rows, otherBytes: room - 4096, asked })).toBe(true);
    expect(storesUserRows({ ...rows, otherBytes: room, asked })).toBe(false);
  }
});
