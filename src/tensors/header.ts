/** The header of a safetensors file: its JSON, written and checked. */
export const elementBytes = {
  F64: 8,
  I64: 8,
  U64: 8,
  F32: 4,
  I32: 4,
  U32: 4,
  F16: 2,
  BF16: 2,
  I16: 2,
  U16: 2,
  U8: 1,
  I8: 1,
  BOOL: 1,
} as const;

export type DType = keyof typeof elementBytes;

export interface TensorPlace {
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** where it begins in the file */
  readonly byteOffset: number;
  readonly byteLength: number;
}

export interface TensorHeader {
  readonly metadata: Readonly<Record<string, string>>;
  readonly places: ReadonlyMap<string, TensorPlace>;
}

/** A file that is not what its header says, or not a safetensors file at all. */
export class TensorFileError extends Error {
  override name = "TensorFileError";
}

export const metadataKey = "__metadata__";
const alignment = 64;
const lengthBytes = 8;
/** The reference implementation's own limit. */
const headerBytesMax = 100_000_000;

export function alignUp(byteOffset: number): number {
  return Math.ceil(byteOffset / alignment) * alignment;
}

/** The file's first bytes, a multiple of 64, for places counted from the first tensor. */
export function encodeHeader(
  places: ReadonlyMap<string, TensorPlace>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const entries = [...places].map(([name, { dtype, shape, byteOffset, byteLength }]) => [
    name,
    { dtype, shape, data_offsets: [byteOffset, byteOffset + byteLength] },
  ]);
  const json = JSON.stringify(Object.fromEntries([[metadataKey, metadata], ...entries]));
  const text = new TextEncoder().encode(json);
  const header = new Uint8Array(alignUp(lengthBytes + text.length)).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(header.length - lengthBytes), true);
  header.set(text, lengthBytes);
  return header;
}

/** Places counted from the file's first byte. Throws a TensorFileError on anything that does not add up. */
export function readHeader(bytes: Uint8Array, where: string): TensorHeader {
  const { json, dataStart } = readJson(bytes, where);
  const places = new Map<string, TensorPlace>();
  let metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(json)) {
    if (name === metadataKey) metadata = readMetadata(value, where);
    else places.set(name, readPlace(name, value, where));
  }
  let end = 0;
  const inFileOrder = [...places].sort(
    ([, a], [, b]) => a.byteOffset - b.byteOffset || a.byteLength - b.byteLength,
  );
  for (const [name, { byteOffset, byteLength }] of inFileOrder) {
    if (byteOffset !== end) {
      fail(where, `tensor "${name}" begins at ${byteOffset}, but the one before it ends at ${end}`);
    }
    end += byteLength;
  }
  if (dataStart + end !== bytes.length) {
    fail(where, `the header describes a file of ${dataStart + end} bytes, it has ${bytes.length}`);
  }
  const absolute = inFileOrder.map(
    ([name, place]) => [name, { ...place, byteOffset: dataStart + place.byteOffset }] as const,
  );
  return { metadata, places: new Map(absolute) };
}

function readJson(bytes: Uint8Array, where: string): { json: object; dataStart: number } {
  if (bytes.length < lengthBytes) fail(where, `a header needs ${lengthBytes} bytes, it has ${bytes.length}`);
  const length = new DataView(bytes.buffer, bytes.byteOffset, lengthBytes).getBigUint64(0, true);
  const room = Math.min(bytes.length - lengthBytes, headerBytesMax);
  if (length > room) fail(where, `its header is to have ${length} bytes, there are ${room} at most`);
  const dataStart = lengthBytes + Number(length);
  let json: unknown;
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(lengthBytes, dataStart));
    json = JSON.parse(text);
  } catch (error) {
    throw new TensorFileError(`${where}: the header is not JSON: not a safetensors file, or a damaged one`, {
      cause: error,
    });
  }
  if (!isRecord(json)) return fail(where, "the header is not a JSON object");
  return { json, dataStart };
}

function readMetadata(value: unknown, where: string): Record<string, string> {
  if (!isRecord(value)) return fail(where, `${metadataKey} is not an object of strings`);
  const entries = Object.entries(value).map(([key, text]) => {
    if (typeof text !== "string") return fail(where, `${metadataKey}.${key} is not a string`);
    return [key, text] as const;
  });
  return Object.fromEntries(entries);
}

function readPlace(name: string, value: unknown, where: string): TensorPlace {
  if (!isRecord(value)) return fail(where, `tensor "${name}" is not an object`);
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== "string" || !Object.hasOwn(elementBytes, dtype)) {
    return fail(
      where,
      `tensor "${name}" has the dtype ${show(dtype)}, not one of ${Object.keys(elementBytes)}`,
    );
  }
  if (!isCounts(shape)) return fail(where, `tensor "${name}" has the shape ${show(shape)}`);
  if (!isCounts(offsets) || offsets.length !== 2 || offsets[0] > offsets[1]) {
    return fail(where, `tensor "${name}" has the data_offsets ${show(offsets)}, not a begin and an end`);
  }
  const needed = shape.reduce((product, length) => product * length, elementBytes[dtype as DType]);
  const byteLength = offsets[1] - offsets[0];
  if (needed !== byteLength) {
    fail(where, `tensor "${name}" spans ${byteLength} bytes, ${dtype} [${shape}] needs ${needed}`);
  }
  return { dtype: dtype as DType, shape, byteOffset: offsets[0], byteLength };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((count) => Number.isSafeInteger(count) && count >= 0);
}

/** A damaged header can hold megabytes in one field. */
function show(value: unknown): string {
  return (JSON.stringify(value) ?? "undefined").slice(0, 80);
}

function fail(where: string, what: string): never {
  throw new TensorFileError(`${where}: ${what}`);
}
