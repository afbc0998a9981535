/**
 * The open safetensors container: named typed arrays in one buffer, opened by reading a JSON header only.
 * Bytes 0–7 hold the header's length (u64, little-endian), then the header, then the tensors without holes.
 * We write more strictly than the format asks: the header is padded with spaces to 64 bytes, tensors go by
 * falling element size, and explicit `pad.N` tensors make every one start on 64 bytes of the file.
 */
import {
  alignUp,
  type DType,
  elementBytes,
  encodeHeader,
  metadataKey,
  readHeader,
  TensorFileError,
  type TensorHeader,
  type TensorPlace,
} from "./header.ts";

export { type DType, TensorFileError };

export type TensorData = Uint8Array | Int8Array | Uint16Array | Uint32Array | Float32Array | Float64Array;

export interface TensorSpec {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
}

export interface TensorPlan {
  /** everything before the first tensor, the 8 bytes of length included */
  readonly header: Uint8Array;
  /** of the whole file */
  readonly byteLength: number;
  place(name: string): TensorPlace;
}

/** Where each tensor of a file will stand. Throws a RangeError on a name given twice or reserved. */
export function planTensors(
  specs: readonly TensorSpec[],
  metadata: Readonly<Record<string, string>>,
): TensorPlan {
  const relative = new Map<string, TensorPlace>();
  let end = 0;
  let padCount = 0;
  const append = ({ name, dtype, shape }: TensorSpec) => {
    const byteLength = shape.reduce((product, length) => product * length, elementBytes[dtype]);
    relative.set(name, { dtype, shape, byteOffset: end, byteLength });
    end += byteLength;
  };
  for (const spec of [...specs].sort((a, b) => elementBytes[b.dtype] - elementBytes[a.dtype])) {
    if (relative.has(spec.name)) throw new RangeError(`two tensors are named "${spec.name}"`);
    if (spec.name === metadataKey || isPadding(spec.name)) {
      throw new RangeError(`the tensor name "${spec.name}" is reserved`);
    }
    append(spec);
    const padding = alignUp(end) - end;
    if (padding > 0) append({ name: `pad.${padCount++}`, dtype: "U8", shape: [padding] });
  }
  const header = encodeHeader(relative, metadata);
  return {
    header,
    byteLength: header.length + end,
    place(name) {
      const found = relative.get(name);
      if (!found) throw new RangeError(`no tensor named "${name}" is planned`);
      return { ...found, byteOffset: header.length + found.byteOffset };
    },
  };
}

/** A whole file in a buffer of its own. A tensor without a shape is one row of its length. */
export function packTensors(
  tensors: Readonly<Record<string, { data: TensorData; shape?: readonly number[] }>>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  const specs = Object.entries(tensors).map(([name, { data, shape = [data.length] }]) => {
    if (shape.reduce((product, length) => product * length, 1) !== data.length) {
      throw new RangeError(`tensor "${name}" has ${data.length} elements, its shape is [${shape}]`);
    }
    return { name, dtype: dtypeOf(data), shape };
  });
  const plan = planTensors(specs, metadata);
  const file = new Uint8Array(plan.byteLength);
  file.set(plan.header);
  for (const [name, { data }] of Object.entries(tensors)) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), plan.place(name).byteOffset);
  }
  return file;
}

/** A file's tensors as views on its bytes: what is written through a view is written to the file. */
export class TensorFile {
  readonly metadata: Readonly<Record<string, string>>;
  readonly #bytes: Uint8Array;
  readonly #places: ReadonlyMap<string, TensorPlace>;
  readonly #where: string;

  private constructor(bytes: Uint8Array, where: string, header: TensorHeader) {
    this.#bytes = bytes;
    this.#where = where;
    this.#places = header.places;
    this.metadata = header.metadata;
  }

  /**
   * Reads and checks the header, nothing else. `where` names the file in errors.
   * @throws TensorFileError naming the file, the field, what it says and what would be right
   */
  static open(bytes: Uint8Array, where: string): TensorFile {
    return new TensorFile(bytes, where, readHeader(bytes, where));
  }

  get names(): string[] {
    return [...this.#places.keys()];
  }

  has(name: string): boolean {
    return this.#places.has(name);
  }

  shape(name: string): readonly number[] {
    return this.#place(name).shape;
  }

  dtype(name: string): DType {
    return this.#place(name).dtype;
  }

  u8(name: string): Uint8Array {
    return this.#view(name, "U8", Uint8Array);
  }

  i8(name: string): Int8Array {
    return this.#view(name, "I8", Int8Array);
  }

  u16(name: string): Uint16Array {
    return this.#view(name, "U16", Uint16Array);
  }

  u32(name: string): Uint32Array {
    return this.#view(name, "U32", Uint32Array);
  }

  f32(name: string): Float32Array {
    return this.#view(name, "F32", Float32Array);
  }

  f64(name: string): Float64Array {
    return this.#view(name, "F64", Float64Array);
  }

  #place(name: string): TensorPlace {
    const place = this.#places.get(name);
    if (!place) throw new TensorFileError(`${this.#where}: tensor "${name}" is missing`);
    return place;
  }

  #view<T>(
    name: string,
    dtype: DType,
    TypedArray: new (buffer: ArrayBufferLike, byteOffset: number, length: number) => T,
  ): T {
    const place = this.#place(name);
    if (place.dtype !== dtype) {
      throw new TensorFileError(`${this.#where}: tensor "${name}" is ${place.dtype}, not ${dtype}`);
    }
    const size = elementBytes[dtype];
    const length = place.byteLength / size;
    const from = this.#bytes.byteOffset + place.byteOffset;
    if (from % size === 0) return new TypedArray(this.#bytes.buffer, from, length);
    // Files of other writers, or bytes at an odd place of a larger buffer: no view is possible, so a copy.
    const copy = this.#bytes.slice(place.byteOffset, place.byteOffset + place.byteLength);
    return new TypedArray(copy.buffer, 0, length);
  }
}

/** Whether a tensor is there for the alignment of the next one only. */
export function isPadding(name: string): boolean {
  return /^pad\.\d+$/.test(name);
}

/** How the container calls the elements of an array. */
export function dtypeOf(data: TensorData): DType {
  if (data instanceof Float64Array) return "F64";
  if (data instanceof Float32Array) return "F32";
  if (data instanceof Uint32Array) return "U32";
  if (data instanceof Uint16Array) return "U16";
  return data instanceof Int8Array ? "I8" : "U8";
}
