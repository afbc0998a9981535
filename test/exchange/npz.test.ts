import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32, deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ExchangeError } from "../../src/exchange/exchange-error.ts";
import { encodeNumbers, encodeScalar, encodeText, parseNpy } from "../../src/exchange/npy.ts";
import { ZipReader } from "../../src/exchange/zip-reader.ts";
import { ZipWriter } from "../../src/exchange/zip-writer.ts";

let folder: string;
let path: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aisle-npz-"));
  path = join(folder, "some.npz");
});
afterAll(() => rm(folder, { recursive: true }));

const joined = (parts: readonly Uint8Array[]) => Uint8Array.from(Buffer.concat(parts));

async function writeZip(entries: Readonly<Record<string, Uint8Array>>): Promise<void> {
  const zip = await ZipWriter.create(path);
  for (const [name, bytes] of Object.entries(entries)) await zip.add(name, [bytes]);
  await zip.finish();
}

async function readZip(): Promise<Record<string, Uint8Array>> {
  const zip = await ZipReader.open(path);
  try {
    const entries: Record<string, Uint8Array> = {};
    for (const name of zip.names) entries[name] = await zip.read(name);
    return entries;
  } finally {
    await zip.close();
  }
}

describe("a zip file", () => {
  it("gives back what was written", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.string({ minLength: 1, unit: "grapheme" }), fc.uint8Array({ maxLength: 300 }), {
          maxKeys: 4,
        }),
        async (entries) => {
          await writeZip(entries);
          const read = await readZip();
          expect(Object.keys(read).sort()).toEqual(Object.keys(entries).sort());
          for (const [name, bytes] of Object.entries(entries))
            expect(Buffer.from(read[name]).equals(bytes)).toBe(true);
        },
      ),
      { numRuns: 15 },
    );
  });

  it("unpacks deflated entries, as savez_compressed writes them", async () => {
    const plain = new Uint8Array(5000).fill(7);
    const packed = deflateRawSync(plain);
    await writeZip({ "a.npy": packed });
    const file = await readFile(path);
    // Both records said "stored, so long": the directory's is the one that is read.
    const at = file.lastIndexOf(Buffer.from([0x50, 0x4b, 1, 2]));
    file.writeUInt16LE(8, at + 10);
    file.writeUInt32LE(crc32(plain), at + 16);
    file.writeUInt32LE(plain.length, at + 24);
    await writeFile(path, file);
    expect(Buffer.from((await readZip())["a.npy"]).equals(plain)).toBe(true);
    file.writeUInt32LE(plain.length - 1, at + 24);
    await writeFile(path, file);
    await expect(readZip()).rejects.toThrow(/a\.npy is damaged/);
    file.writeUInt16LE(14, at + 10);
    await writeFile(path, file);
    await expect(readZip()).rejects.toThrow(/packed by method 14: save it by numpy.savez/);
  });

  it("is refused with its name where any byte is another, never misread", async () => {
    const entries = {
      "a.npy": joined(encodeNumbers(Float32Array.of(1, 2, 3), [3])),
      "b.npy": Uint8Array.of(1, 2, 3),
    };
    await writeZip(entries);
    const whole = await readFile(path);
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const damaged = Uint8Array.from(whole);
        damaged[at] ^= change;
        await writeFile(path, damaged);
        const read = await readZip().catch((error) => error);
        if (read instanceof Error) {
          expect(read).toBeInstanceOf(ExchangeError);
          expect(read.message).toContain(path);
        } else {
          // What nobody reads, such as a date, may be anything.
          for (const bytes of Object.values(read)) {
            expect(
              Object.values(entries).some((entry) => Buffer.from(entry).equals(bytes as Uint8Array)),
            ).toBe(true);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it("is refused where it is cut off, or never was one", async () => {
    await writeZip({ "a.npy": Uint8Array.of(1, 2, 3) });
    const whole = await readFile(path);
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.nat(whole.length - 1).map((end) => whole.subarray(0, end)),
          fc.uint8Array(),
        ),
        async (bytes) => {
          await writeFile(path, bytes);
          await expect(readZip()).rejects.toBeInstanceOf(ExchangeError);
        },
      ),
      { numRuns: 60 },
    );
    await expect(ZipReader.open(join(folder, "none.npz"))).rejects.toThrow(
      /none\.npz: there is no such file/,
    );
  });
});

describe("a numpy array", () => {
  const npy = (header: string, data: Uint8Array) => {
    const text = Buffer.from(`${header}\n`);
    const lead = Buffer.from([0x93, ...Buffer.from("NUMPY"), 1, 0, text.length & 255, text.length >> 8]);
    return joined([lead, text, data]);
  };
  const described = (descr: string, shape: string, data: ArrayBufferView, fortran = "False") =>
    npy(
      `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': ${shape}, }`,
      new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength),
    );

  it("gives back numbers, shapes and text, whatever they are", () => {
    fc.assert(
      fc.property(fc.float32Array({ maxLength: 40 }), (data) => {
        const read = parseNpy(joined(encodeNumbers(data, [data.length])), "it");
        expect(read).toEqual({ shape: [data.length], data });
      }),
    );
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "grapheme" })), (drawn) => {
        const texts = drawn.map((text) => text.replace(/\0+$/, ""));
        expect(parseNpy(joined(encodeText(texts)), "it")).toEqual({ shape: [texts.length], data: texts });
      }),
    );
    expect(parseNpy(joined(encodeScalar(0.5)), "it")).toEqual({ shape: [], data: Float64Array.of(0.5) });
    expect(parseNpy(joined(encodeScalar(7n)), "it")).toEqual({ shape: [], data: BigInt64Array.of(7n) });
    expect(parseNpy(joined(encodeScalar(true)), "it")).toEqual({ shape: [], data: Uint8Array.of(1) });
    expect(joined(encodeNumbers(Float32Array.of(1), [1])).length % 64).toBe(4);
  });

  it("reads integers, bytes and Fortran's order", () => {
    expect(parseNpy(described("<i8", "(2,)", BigInt64Array.of(4n, -1n)), "it").data).toEqual(
      BigInt64Array.of(4n, -1n),
    );
    expect(parseNpy(described("|S3", "(2,)", Buffer.from("ab\0cde")), "it").data).toEqual(["ab", "cde"]);
    const columns = Float32Array.of(1, 2, 3, 4, 5, 6);
    const { data, shape } = parseNpy(described("<f4", "(2, 3)", columns, "True"), "it");
    expect([shape, data]).toEqual([[2, 3], Float32Array.of(1, 3, 5, 2, 4, 6)]);
  });

  it("says what it cannot read, and how to save it", () => {
    expect(() => parseNpy(described(">f4", "(1,)", Float32Array.of(1)), "it")).toThrow(
      /it is big-endian \(>f4\): save/,
    );
    expect(() => parseNpy(described("|O8", "(1,)", Float64Array.of(1)), "it")).toThrow(
      /Python objects, which are never read/,
    );
    expect(() => parseNpy(described("<c8", "(1,)", Float64Array.of(1)), "it")).toThrow(
      /type <c8, which is not read/,
    );
    expect(() => parseNpy(described("<f4", "(3,)", Float32Array.of(1)), "it")).toThrow(
      /holds 4 bytes where its shape \[3\]/,
    );
    expect(() => parseNpy(npy("{'x': 1}", new Uint8Array()), "it")).toThrow(/names no type, order and shape/);
    expect(() => parseNpy(new Uint8Array(20), "it")).toThrow(/it is no numpy array/);
  });

  it("answers rubbish with an error of its own", () => {
    const good = joined(encodeNumbers(Float32Array.of(1, 2, 3, 4), [2, 2]));
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), (at, value) => {
        const bytes = good.slice();
        bytes[at] = value;
        try {
          parseNpy(bytes, "it");
        } catch (error) {
          expect(error).toBeInstanceOf(ExchangeError);
        }
      }),
      { numRuns: 200 },
    );
  });
});
