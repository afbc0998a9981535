/**
 * Text ids and their rows, in four typed arrays that can be stored and used as views: no `Map` to rebuild at
 * load and no limit of 2^24 entries.
 */
export interface IdArrays {
  /** every id's UTF-8, one after the other in row order */
  readonly bytes: Uint8Array;
  /** (count + 1): row → where its bytes begin */
  readonly offsets: Uint32Array;
  /** (a power of two > count): open addressing by linear probing; 0 is empty, else row + 1 */
  readonly slots: Uint32Array;
}

export const idBytesMax = 1024;
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });
const scratch = new Uint8Array(idBytesMax + 4);

/** An immutable two-way table: id → row and row → id. */
export class IdTable {
  readonly arrays: IdArrays;
  readonly count: number;

  constructor(arrays: IdArrays) {
    this.arrays = arrays;
    this.count = arrays.offsets.length - 1;
  }

  static from(ids: Iterable<string>): IdTable {
    const builder = new IdTableBuilder();
    for (const id of ids) builder.add(id);
    return builder.build();
  }

  /** The row of an id, or -1. */
  row(id: string): number {
    const { written, read } = encoder.encodeInto(id, scratch);
    if (read < id.length || written > idBytesMax) return -1;
    const { slots } = this.arrays;
    const mask = slots.length - 1;
    // A corrupt table without an empty slot must not spin for ever.
    for (
      let step = 0, slot = hashBytes(scratch, written) & mask;
      step <= mask;
      step++, slot = (slot + 1) & mask
    ) {
      if (slots[slot] === 0) return -1;
      if (equals(this.arrays, slots[slot] - 1, scratch, written)) return slots[slot] - 1;
    }
    return -1;
  }

  id(row: number): string {
    const { bytes, offsets } = this.arrays;
    if (!(row >= 0 && row < this.count)) throw new RangeError(`row ${row} is not among ${this.count} ids`);
    return decoder.decode(bytes.subarray(offsets[row], offsets[row + 1]));
  }

  *[Symbol.iterator](): Iterator<string> {
    for (let row = 0; row < this.count; row++) yield this.id(row);
  }
}

/** Gathers ids in the order in which they first come. */
export class IdTableBuilder {
  #bytes = new Uint8Array(1024);
  #offsets = new Uint32Array(64);
  #slots = new Uint32Array(64);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** The id's row, a new one if it has none yet. Throws on an empty id or one past 1,024 bytes. */
  add(id: string): number {
    const { written, read } = encoder.encodeInto(id, scratch);
    if (written === 0) throw new RangeError("an id must not be empty");
    if (read < id.length || written > idBytesMax) {
      throw new RangeError(`an id has at most ${idBytesMax} bytes: ${id.slice(0, 40)}…`);
    }
    const slots = this.#slots;
    const mask = slots.length - 1;
    const arrays = { bytes: this.#bytes, offsets: this.#offsets, slots };
    let slot = hashBytes(scratch, written) & mask;
    for (; slots[slot] !== 0; slot = (slot + 1) & mask) {
      if (equals(arrays, slots[slot] - 1, scratch, written)) return slots[slot] - 1;
    }
    slots[slot] = this.#append(written) + 1;
    if (this.#count * 2 > slots.length) this.#rehash();
    return this.#count - 1;
  }

  build(): IdTable {
    return new IdTable({
      bytes: this.#bytes.slice(0, this.#offsets[this.#count]),
      offsets: this.#offsets.slice(0, this.#count + 1),
      slots: this.#slots.slice(),
    });
  }

  #append(byteCount: number): number {
    const from = this.#offsets[this.#count];
    this.#bytes = grow(this.#bytes, from + byteCount);
    this.#offsets = grow(this.#offsets, this.#count + 2);
    this.#bytes.set(scratch.subarray(0, byteCount), from);
    this.#offsets[this.#count + 1] = from + byteCount;
    return this.#count++;
  }

  #rehash(): void {
    const slots = new Uint32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let row = 0; row < this.#count; row++) {
      const id = this.#bytes.subarray(this.#offsets[row], this.#offsets[row + 1]);
      let slot = hashBytes(id, id.length) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = row + 1;
    }
    this.#slots = slots;
  }
}

function equals({ bytes, offsets }: IdArrays, row: number, id: Uint8Array, length: number): boolean {
  const from = offsets[row];
  if (offsets[row + 1] - from !== length) return false;
  for (let i = 0; i < length; i++) if (bytes[from + i] !== id[i]) return false;
  return true;
}

/** FNV-1a, then murmur3's finaliser so that the low bits depend on all of them. Part of the stored format. */
function hashBytes(bytes: Uint8Array, length: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < length; i++) hash = Math.imul(hash ^ bytes[i], 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function grow<T extends Uint8Array | Uint32Array>(array: T, size: number): T {
  if (size <= array.length) return array;
  const larger = new (array.constructor as new (size: number) => T)(Math.max(size, array.length * 2));
  larger.set(array);
  return larger;
}
