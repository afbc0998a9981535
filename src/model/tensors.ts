import { IdTable } from "../math/id-table.ts";
import { isPadding, type TensorData, type TensorFile } from "../tensors/safetensors.ts";
import { ModelFileError } from "./buffer.ts";
import { blockFloats, blockRows, type Codes, planCodes } from "./code-layout.ts";
import { type CompanionKind, companionKinds } from "./companions.ts";
import { formatVersion, type ModelHeader } from "./header.ts";
import { trendWindows } from "./trends.ts";

/** A tensor's data with its shape. */
export interface ShapedTensor {
  readonly data: TensorData;
  readonly shape: readonly number[];
}

/** Stands in a shape for a length that nothing fixes. */
const anyLength = -1;

/** Lengths that the header leaves to the tensors, on which several of them must agree. */
interface FreeLengths {
  readonly pairs: number;
  readonly trends: number;
  readonly neighbours: number;
  readonly windows: number;
  readonly companions: Readonly<Record<CompanionKind, number>>;
}

/**
 * Every tensor that a file of this header must hold, with its shape. What may be absent is in
 * `optionalShapes`. Row-major throughout.
 */
function requiredShapes(header: ModelHeader, lengths: FreeLengths): Record<string, number[]> {
  const { rank, itemCount, userCount } = header;
  const pairs = [lengths.pairs];
  const always = {
    ...idShapes("items", itemCount),
    ...idShapes("users", userCount),
    "history.starts": [userCount + 1],
    "history.items": pairs,
    "history.strength": pairs,
    "history.last_time": pairs,
    "history.type_bits": pairs,
    "popularity.all": [itemCount],
    "popularity.days7": [itemCount],
    "popularity.days28": [itemCount],
    "popularity.by_type": [header.confidence.bitTypes.length, itemCount],
    "popularity.rows": [itemCount],
    "trending.rows": [lengths.trends],
    "trending.scores": [lengths.trends],
  };
  if (rank === 0) return always;
  const plan = planCodes(rank, itemCount);
  return {
    ...always,
    "items.factors": [itemCount, rank],
    "codes.rows": [itemCount],
    "codes.prefix": [plan.paddedCount, plan.prefixBytes],
    "codes.rest": [plan.paddedCount, plan.restBytes],
    "codes.blocks": [plan.paddedCount / blockRows, blockFloats],
    "items.weight": [itemCount],
    "items.observed_scale": [itemCount],
    gram: [rank, rank],
  };
}

/** User factors are the fold-in of the users' histories, so a file may go without them. */
function optionalShapes(header: ModelHeader, lengths: FreeLengths): Record<string, number[]> {
  const { rank, itemCount, userCount } = header;
  return {
    "users.factors": [userCount, rank],
    "items.multiplier": [itemCount],
    "neighbours.rows": [itemCount, lengths.neighbours],
    "neighbours.scores": [itemCount, lengths.neighbours],
    "history.count": [lengths.pairs],
    "history.value": [lengths.pairs],
    "items.first_seen": [itemCount],
    ...companionShapes(itemCount, lengths.companions),
    "windows.rows": [trendWindows.length, lengths.windows],
    "windows.scores": [trendWindows.length, lengths.windows],
  };
}

/** Companions come whole or not at all, so a kind's other tensors are read only where its rows are there. */
function companionShapes(itemCount: number, lengths: FreeLengths["companions"]): Record<string, number[]> {
  const shapes = companionKinds.flatMap((kind): [string, number[]][] => [
    [`${kind}.starts`, [itemCount + 1]],
    ...["rows", "scores", "support"].map((part): [string, number[]] => [`${kind}.${part}`, [lengths[kind]]]),
  ]);
  return Object.fromEntries(shapes);
}

function companionLengths(file: TensorFile): FreeLengths["companions"] {
  const lengths = companionKinds.map((kind) => [
    kind,
    file.has(`${kind}.rows`) ? file.shape(`${kind}.rows`)[0] : 0,
  ]);
  return Object.fromEntries(lengths) as FreeLengths["companions"];
}

export function idTensors(name: "users" | "items", { arrays }: IdTable): Record<string, ShapedTensor> {
  const { bytes, offsets, slots } = arrays;
  return {
    [`${name}.ids.bytes`]: { data: bytes, shape: [bytes.length] },
    [`${name}.ids.offsets`]: { data: offsets, shape: [offsets.length] },
    [`${name}.ids.slots`]: { data: slots, shape: [slots.length] },
  };
}

/** The 8-bit copy, as views on the file. */
export function readCodes(file: TensorFile): Codes {
  return {
    rows: file.u32("codes.rows"),
    prefix: file.u8("codes.prefix"),
    rest: file.u8("codes.rest"),
    blocks: file.f32("codes.blocks"),
  };
}

/** @throws ModelFileError where the hash table cannot be probed */
export function readIds(name: "users" | "items", file: TensorFile, where: string): IdTable {
  const table = new IdTable({
    bytes: file.u8(`${name}.ids.bytes`),
    offsets: file.u32(`${name}.ids.offsets`),
    slots: file.u32(`${name}.ids.slots`),
  });
  const { length } = table.arrays.slots;
  if (length <= table.count || (length & (length - 1)) !== 0) {
    throw new ModelFileError(
      `${where}: "${name}.ids.slots" has ${length} slots, not a power of 2 above ${table.count}`,
    );
  }
  return table;
}

/** @throws ModelFileError naming the first tensor that is not as its header says */
export function checkShapes(file: TensorFile, header: ModelHeader, where: string): void {
  const lengths = {
    pairs: file.shape("history.items")[0],
    trends: file.shape("trending.rows")[0],
    neighbours: file.has("neighbours.rows") ? file.shape("neighbours.rows")[1] : 0,
    windows: file.has("windows.rows") ? file.shape("windows.rows")[1] : 0,
    companions: companionLengths(file),
  };
  const required = requiredShapes(header, lengths);
  const optional = optionalShapes(header, lengths);
  const stranger = file.names.find(
    (name) => !Object.hasOwn(required, name) && !Object.hasOwn(optional, name) && !isPadding(name),
  );
  if (stranger !== undefined) {
    throw new ModelFileError(
      `${where}: tensor "${stranger}" is none of a model of format version ${formatVersion}`,
    );
  }
  const present = Object.entries(optional).filter(([name]) => file.has(name));
  for (const [name, expected] of [...Object.entries(required), ...present]) {
    const shape = file.shape(name);
    const fits =
      shape.length === expected.length && expected.every((n, axis) => n === anyLength || n === shape[axis]);
    if (!fits) {
      const asked = expected.map((n) => (n === anyLength ? "any" : n)).join(", ");
      throw new ModelFileError(
        `${where}: tensor "${name}" has the shape [${shape.join(", ")}], not [${asked}]`,
      );
    }
  }
}

function idShapes(name: "users" | "items", count: number): Record<string, number[]> {
  return {
    [`${name}.ids.bytes`]: [anyLength],
    [`${name}.ids.offsets`]: [count + 1],
    [`${name}.ids.slots`]: [anyLength],
  };
}
