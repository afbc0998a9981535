/**
 * numpy's array format, as an npz holds it: "\x93NUMPY", version, a Python dictionary of type, order and shape, and the
 * elements. Numbers and text are read; never objects, which are pickled code.
 */
import { ExchangeError } from "./exchange-error.ts";

export type NumberData =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** An array in C order; `data` is text where the elements are. */
export interface NumpyArray {
  readonly shape: readonly number[];
  readonly data: NumberData | readonly string[];
}

const magic = [0x93, ...Buffer.from("NUMPY")];

const numberTypes = {
  f4: Float32Array,
  f8: Float64Array,
  i1: Int8Array,
  u1: Uint8Array,
  b1: Uint8Array,
  i2: Int16Array,
  u2: Uint16Array,
  i4: Int32Array,
  u4: Uint32Array,
  i8: BigInt64Array,
  u8: BigUint64Array,
} as const;

/**
 * Reads the bytes of a .npy file.
 * @param where names the array in errors
 * @throws ExchangeError saying what it is, and how to save it otherwise
 */
export function parseNpy(bytes: Uint8Array<ArrayBuffer>, where: string): NumpyArray {
  const { header, dataFrom } = splitHeader(bytes, where);
  const { type, isFortran, shape } = parseHeader(header, where);
  const count = shape.reduce((product, length) => product * length, 1);
  const data = bytes.subarray(dataFrom);
  const [, order, kind, digits] = /^([<>|=])([a-zA-Z])(\d+)$/.exec(type) ?? [];
  if (kind === "O") {
    throw new ExchangeError(
      `${where} holds Python objects, which are never read: save text as numpy.array(ids, dtype=str)`,
    );
  }
  const size = Number(digits) * (kind === "U" ? 4 : 1);
  if (kind !== undefined && count * size !== data.length) {
    throw new ExchangeError(
      `${where} holds ${data.length} bytes where its shape [${shape}] of ${type} asks for ${count * size}: save it again`,
    );
  }
  if (order === ">" && size > 1) {
    throw new ExchangeError(
      `${where} is big-endian (${type}): save array.astype(array.dtype.newbyteorder("<"))`,
    );
  }
  if ((kind === "U" || kind === "S") && size > 0) {
    return { shape, data: parseText(data, { count, width: size, isUnicode: kind === "U" }) };
  }
  const Numbers = numberTypes[`${kind}${digits}` as keyof typeof numberTypes];
  if (Numbers === undefined) {
    throw new ExchangeError(
      `${where} is of the type ${type}, which is not read: save it as float32, an integer or text`,
    );
  }
  const numbers = new Numbers(data.slice().buffer);
  return { shape, data: isFortran && shape.length === 2 ? transposed(numbers, shape) : numbers };
}

/** The bytes of a .npy file of numbers, its header and its elements. */
export function encodeNumbers(data: Float32Array | Int32Array, shape: readonly number[]): Uint8Array[] {
  const type = data instanceof Float32Array ? "<f4" : "<i4";
  return [encodeHeader(type, shape), new Uint8Array(data.buffer, data.byteOffset, data.byteLength)];
}

/** A number alone, as numpy keeps Python's float and int. */
export function encodeScalar(value: number | bigint | boolean): Uint8Array[] {
  if (typeof value === "boolean") return [encodeHeader("|b1", []), Uint8Array.of(value ? 1 : 0)];
  const [type, data] =
    typeof value === "bigint" ? ["<i8", BigInt64Array.of(value)] : ["<f8", Float64Array.of(value)];
  return [encodeHeader(type as string, []), new Uint8Array((data as Float64Array).buffer)];
}

/** Text of equal width, as numpy keeps str; an array without a shape is one text alone. */
export function encodeText(
  texts: readonly string[],
  shape: readonly number[] = [texts.length],
): Uint8Array[] {
  const width = Math.max(
    1,
    texts.reduce((most, text) => Math.max(most, codePointCount(text)), 0),
  );
  const points = new Uint32Array(width * texts.length);
  texts.forEach((text, row) => {
    let at = row * width;
    for (const character of text) points[at++] = character.codePointAt(0) as number;
  });
  return [encodeHeader(`<U${width}`, shape), new Uint8Array(points.buffer)];
}

function codePointCount(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** Padded so that the elements begin on a multiple of 64 bytes, as numpy does. */
function encodeHeader(type: string, shape: readonly number[]): Uint8Array {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const total = Math.ceil((10 + text.length + 1) / 64) * 64;
  const header = new Uint8Array(total).fill(0x20);
  header.set([...magic, 1, 0]);
  new DataView(header.buffer).setUint16(8, total - 10, true);
  header.set(new TextEncoder().encode(text), 10);
  header[total - 1] = 0x0a;
  return header;
}

function splitHeader(bytes: Uint8Array, where: string): { header: string; dataFrom: number } {
  if (bytes.length < 12 || magic.some((byte, at) => bytes[at] !== byte)) {
    throw new ExchangeError(`${where} is no numpy array: it does not begin as one`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // Version 1 counts the header's bytes in two bytes, later ones in four.
  const from = bytes[6] === 1 ? 10 : 12;
  const dataFrom = from + (bytes[6] === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (dataFrom > bytes.length)
    throw new ExchangeError(`${where} is cut off inside its header: save it again`);
  return { header: new TextDecoder().decode(bytes.subarray(from, dataFrom)), dataFrom };
}

function parseHeader(header: string, where: string) {
  const type = /'descr': *'([^']*)'/.exec(header)?.[1];
  const order = /'fortran_order': *(True|False)/.exec(header)?.[1];
  const tuple = /'shape': *\(([\d, ]*)\)/.exec(header)?.[1];
  if (type === undefined || order === undefined || tuple === undefined) {
    throw new ExchangeError(
      `${where} has the header ${JSON.stringify(header.slice(0, 120))}, which names no type, order and shape: ` +
        "save plain arrays by numpy.savez",
    );
  }
  const shape = tuple
    .split(",")
    .filter((part) => part.trim() !== "")
    .map(Number);
  return { type, isFortran: order === "True", shape };
}

function parseText(
  data: Uint8Array<ArrayBuffer>,
  {
    count,
    width,
    isUnicode,
  }: { readonly count: number; readonly width: number; readonly isUnicode: boolean },
): string[] {
  const decoder = new TextDecoder();
  return Array.from({ length: count }, (_, row) => {
    const cell = data.subarray(row * width, (row + 1) * width);
    // numpy pads with zeros on the right.
    if (!isUnicode) return decoder.decode(cell.subarray(0, lengthOf(cell)));
    const points = new Uint32Array(cell.slice().buffer);
    return [...points.subarray(0, lengthOf(points))].map(toCharacter).join("");
  });
}

function toCharacter(point: number): string {
  return point <= 0x10ffff ? String.fromCodePoint(point) : "�";
}

function lengthOf(padded: ArrayLike<number>): number {
  let length = padded.length;
  while (length > 0 && padded[length - 1] === 0) length--;
  return length;
}

/** What Fortran's order has by columns, by rows. */
function transposed<T extends NumberData>(data: T, [rows, columns]: readonly number[]): T {
  const turned = data.slice() as T;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++)
      turned[row * columns + column] = data[column * rows + row];
  }
  return turned;
}
