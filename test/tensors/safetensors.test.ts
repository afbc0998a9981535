import fc from "fast-check";
import { expect, test } from "vitest";
import { packTensors, planTensors, TensorFile, TensorFileError } from "../../src/tensors/safetensors.ts";

const sample = () =>
  packTensors(
    {
      bytes: { data: new Uint8Array([1, 2, 3]) },
      factors: { data: new Float32Array([1.5, -2, 3, 4, 5, 6]), shape: [2, 3] },
      gram: { data: new Float64Array([Math.PI]), shape: [1, 1] },
      codes: { data: new Int8Array([-127, 127]) },
      rows: { data: new Uint32Array([7, 0xffffffff]) },
      short: { data: new Uint16Array([65535]) },
      none: { data: new Float32Array(0), shape: [0, 3] },
    },
    { settings: '{"a":"ü"}' },
  );

test("what is packed is what is opened", () => {
  const file = TensorFile.open(sample(), "sample");
  expect([...file.u8("bytes")]).toEqual([1, 2, 3]);
  expect([...file.f32("factors")]).toEqual([1.5, -2, 3, 4, 5, 6]);
  expect(file.shape("factors")).toEqual([2, 3]);
  expect(file.f64("gram")[0]).toBe(Math.PI);
  expect([...file.i8("codes")]).toEqual([-127, 127]);
  expect([...file.u32("rows")]).toEqual([7, 0xffffffff]);
  expect([...file.u16("short")]).toEqual([65535]);
  expect(file.f32("none").length).toBe(0);
  expect(file.metadata).toEqual({ settings: '{"a":"ü"}' });
  expect(file.has("factors")).toBe(true);
  expect(file.has("users")).toBe(false);
});

test("every tensor starts on 64 bytes, larger elements first", () => {
  const plan = planTensors(
    [
      { name: "a", dtype: "U8", shape: [3] },
      { name: "b", dtype: "F64", shape: [1] },
      { name: "c", dtype: "F32", shape: [17] },
    ],
    {},
  );
  expect(["a", "b", "c"].map((name) => plan.place(name).byteOffset % 64)).toEqual([0, 0, 0]);
  expect(plan.place("b").byteOffset).toBe(plan.header.length);
  expect(plan.place("c").byteOffset).toBeLessThan(plan.place("a").byteOffset);
  expect(TensorFile.open(sample(), "sample").names).toEqual(
    expect.arrayContaining(["gram", "factors", "pad.0"]),
  );
});

test("views write through to the file", () => {
  const bytes = sample();
  TensorFile.open(bytes, "sample").f32("factors")[0] = 9;
  expect(TensorFile.open(bytes, "sample").f32("factors")[0]).toBe(9);
});

test("a file at an odd place of a larger buffer is read too", () => {
  const bytes = sample();
  const moved = new Uint8Array(bytes.length + 3);
  moved.set(bytes, 3);
  const file = TensorFile.open(moved.subarray(3), "moved");
  expect([...file.f32("factors")]).toEqual([1.5, -2, 3, 4, 5, 6]);
});

test("names given twice or reserved are refused", () => {
  const spec = { dtype: "U8", shape: [1] } as const;
  expect(() =>
    planTensors(
      [
        { name: "a", ...spec },
        { name: "a", ...spec },
      ],
      {},
    ),
  ).toThrow(/named "a"/);
  expect(() => planTensors([{ name: "pad.3", ...spec }], {})).toThrow(/reserved/);
  expect(() => packTensors({ a: { data: new Uint8Array(3), shape: [2] } }, {})).toThrow(/3 elements/);
});

test("errors name the file, the tensor and both values", () => {
  const file = TensorFile.open(sample(), "shop.safetensors");
  expect(() => file.f32("users")).toThrow('shop.safetensors: tensor "users" is missing');
  expect(() => file.f32("gram")).toThrow('shop.safetensors: tensor "gram" is F64, not F32');
  expect(() => TensorFile.open(sample().subarray(0, -1), "cut")).toThrow(/cut: .* of \d+ bytes, it has \d+/);
});

const withHeader = (header: string, dataBytes: number, length = header.length) => {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(text, 8);
  return bytes;
};

test.each([
  ["a hole", '{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}', 2],
  [
    "an overlap",
    '{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}',
    3,
  ],
  ["a shape past its bytes", '{"a":{"dtype":"F32","shape":[9e15],"data_offsets":[0,4]}}', 4],
  ["a negative shape", '{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}', 4],
  ["an unknown dtype", '{"a":{"dtype":"toString","shape":[1],"data_offsets":[0,4]}}', 4],
  ["a backward span", '{"a":{"dtype":"U8","shape":[0],"data_offsets":[4,0]}}', 4],
  ["metadata of numbers", '{"__metadata__":{"rank":3}}', 0],
  ["an array", "[]", 0],
  ["null", "null", 0],
  ["not JSON", "{", 0],
])("%s is a TensorFileError", (_, header, dataBytes) => {
  expect(() => TensorFile.open(withHeader(header, dataBytes), "bad")).toThrow(TensorFileError);
});

test("a header length past the file is refused before anything is allocated", () => {
  expect(() => TensorFile.open(withHeader("{}", 0, 2 ** 52), "long")).toThrow(/4503599627370496 bytes/);
  expect(() => TensorFile.open(new Uint8Array(5), "short")).toThrow(TensorFileError);
});

/** Opens and touches every tensor: nothing but a TensorFileError may come out. */
function openFully(bytes: Uint8Array): void {
  try {
    const file = TensorFile.open(bytes, "fuzzed");
    for (const name of file.names) {
      file.shape(name);
      for (const read of ["u8", "i8", "u16", "u32", "f32", "f64"] as const) {
        try {
          file[read](name);
        } catch (error) {
          expect(error).toBeInstanceOf(TensorFileError);
        }
      }
    }
  } catch (error) {
    expect(error).toBeInstanceOf(TensorFileError);
  }
}

test("flipped bytes never do worse than a TensorFileError", () => {
  const original = sample();
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(original.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
      fc.nat(original.length),
      (flips, kept) => {
        const bytes = original.slice();
        for (const [at, value] of flips) bytes[at] = value;
        openFully(bytes);
        openFully(bytes.subarray(0, kept));
      },
    ),
    { seed: 1, numRuns: 200 },
  );
});

test("random JSON headers never do worse than a TensorFileError", () => {
  const entry = fc.record(
    {
      dtype: fc.oneof(fc.constantFrom("F32", "U8", "F64", "BF16"), fc.jsonValue()),
      shape: fc.oneof(fc.array(fc.integer({ min: -2, max: 9 })), fc.array(fc.double()), fc.jsonValue()),
      data_offsets: fc.oneof(fc.tuple(fc.nat(64), fc.nat(64)), fc.array(fc.double()), fc.jsonValue()),
    },
    { requiredKeys: [] },
  );
  const header = fc.dictionary(
    fc.oneof(fc.constant("__metadata__"), fc.string()),
    fc.oneof(entry, fc.jsonValue()),
  );
  fc.assert(
    fc.property(header, fc.nat(64), (json, dataBytes) =>
      openFully(withHeader(JSON.stringify(json), dataBytes)),
    ),
    { seed: 1, numRuns: 200 },
  );
});
