import type { AlsFactors, AlsSettings } from "../als/objective.ts";
import type { Interactions } from "../interactions/aggregate.ts";
import { areFinite } from "../math/finite.ts";
import {
  dtypeOf,
  planTensors,
  type TensorData,
  TensorFile,
  type TensorPlan,
  type TensorSpec,
} from "../tensors/safetensors.ts";
import { allocateModel, type ModelBuffer } from "./buffer.ts";
import { blockFloats, blockRows, planCodes } from "./code-layout.ts";
import { encodeItems } from "./codes.ts";
import { type ModelHeader, metadataKey, type ObservedTerms, type Similarity } from "./header.ts";
import { type ItemTables, itemTableTensors } from "./item-tables.ts";
import { makeHeader } from "./make-header.ts";
import { openModel } from "./model.ts";
import { fillNeighbours, neighbourCountOf } from "./neighbours.ts";
import { countPopularity, findTrends, sortByPopularity } from "./popularity.ts";
import { idTensors, readCodes, type ShapedTensor } from "./tensors.ts";
import { storesUserRows } from "./user-rows.ts";

/** What training learnt from the interactions. */
export interface FittedFactors {
  readonly factors: AlsFactors;
  readonly settings: AlsSettings;
  /** (items): w, mean 1 */
  readonly itemWeights: Float32Array;
  /** (items): a = c × observedScale */
  readonly observedScale: Float32Array;
  /** of factors that another program fitted: its regularisation counts observed pairs alone */
  readonly observedTerms?: ObservedTerms | undefined;
}

export interface ModelContents {
  readonly interactions: Interactions;
  /** absent: a model of popularity only, of rank 0 */
  readonly fitted?: FittedFactors | undefined;
  /** e: item factors are stored times (users of the item)^e, so that score and contributions carry it alike */
  readonly popularityExponent?: number;
  /** β: what the user's own past adds to the scores of its items, where nothing is hidden */
  readonly repeatWeight?: number | undefined;
  /** how similar items are found; by cosine unless said */
  readonly similarity?: Similarity | undefined;
  /** what is known of items from single events; without them nothing goes together and no window has a trend */
  readonly itemTables?: ItemTables | undefined;
  /** whether users' rows are stored, as `storesUserRows`; else they are folded in from histories when asked for */
  readonly userFactors?: boolean | undefined;
  /** neighbours stored per item; without a table they are found when asked for. By default 50 up to 5,000 items, else 0 */
  readonly neighbourCount?: number;
}

/**
 * Writes a model's file, once, into the memory that it is then served from. The same contents give the same
 * bytes.
 * @throws RangeError on NaN or Infinity in what was fitted
 */
export function layOutModel(contents: ModelContents): ModelBuffer {
  const { interactions, fitted } = contents;
  const popularity = countPopularity(interactions);
  const items = fitted && multiplyItems(fitted, popularity.all, contents.popularityExponent ?? 0);
  const header = makeHeader(contents, items?.factors);
  const stored: Record<string, ShapedTensor> = {
    ...idTensors("items", interactions.items),
    ...idTensors("users", interactions.users),
    ...historyTensors(interactions),
    ...popularityTensors(popularity),
    ...(contents.itemTables && itemTableTensors(contents.itemTables)),
    ...(fitted && items && factorTensors(fitted, items)),
  };
  const computed = fitted
    ? computedSpecs(header, contents.neighbourCount ?? neighbourCountOf(header.itemCount))
    : [];
  const userRows = fitted && userRowTensor(fitted, contents, planFile(stored, computed, header).byteLength);
  const buffer = writeFile({ ...stored, ...userRows }, computed, header);
  if (fitted) fillComputed(buffer, header);
  return buffer;
}

interface StoredItems {
  readonly factors: Float32Array;
  readonly multiplier: Float32Array | undefined;
}

/** Math.pow is the one function here that IEEE 754 does not pin down; V8 computes it in software everywhere. */
function multiplyItems({ factors }: FittedFactors, users: Uint32Array, exponent: number): StoredItems {
  if (exponent === 0) return { factors: factors.items, multiplier: undefined };
  const multiplier = Float32Array.from(users, (count) => Math.max(1, count) ** exponent);
  const { rank, items } = factors;
  const multiplied = items.map((value, at) => value * multiplier[Math.floor(at / rank)]);
  return { factors: multiplied, multiplier };
}

function historyTensors(interactions: Interactions): Record<string, ShapedTensor> {
  const { confidence, strength, lastTime, typeBits, count, value, program } = interactions;
  // An identifier of a formula is a whole word of it; more than is needed does no harm.
  const uses = (variable: string) => new RegExp(`\\b${variable}\\b`).test(program.formula);
  return {
    "history.starts": row(confidence.starts),
    "history.items": row(confidence.columns),
    "history.strength": row(strength),
    "history.last_time": row(lastTime),
    "history.type_bits": row(typeBits),
    ...(uses("n") && { "history.count": row(count) }),
    ...(uses("value") && { "history.value": row(value) }),
  };
}

function popularityTensors(popularity: ReturnType<typeof countPopularity>): Record<string, ShapedTensor> {
  const { all, days7, days28, byType } = popularity;
  const trend = findTrends(popularity);
  return {
    "popularity.all": row(all),
    "popularity.days7": row(days7),
    "popularity.days28": row(days28),
    "popularity.by_type": {
      data: byType,
      shape: [all.length === 0 ? 0 : byType.length / all.length, all.length],
    },
    "popularity.rows": row(sortByPopularity(all)),
    "trending.rows": row(trend.rows),
    "trending.scores": row(trend.scores),
  };
}

function factorTensors(fitted: FittedFactors, items: StoredItems): Record<string, ShapedTensor> {
  const { rank, gram } = fitted.factors;
  const byRank = (data: TensorData) => ({ data, shape: [data.length / rank, rank] });
  const tensors = {
    "items.factors": byRank(items.factors),
    "items.weight": row(fitted.itemWeights),
    "items.observed_scale": row(fitted.observedScale),
    gram: byRank(gram),
    ...(items.multiplier && { "items.multiplier": row(items.multiplier) }),
  };
  for (const [name, { data }] of Object.entries(tensors)) requireFinite(name, data);
  return tensors;
}

function userRowTensor(
  { factors }: FittedFactors,
  { interactions, userFactors: asked }: ModelContents,
  otherBytes: number,
): Record<string, ShapedTensor> {
  const { rank, users } = factors;
  requireFinite("users.factors", users);
  const userCount = interactions.users.count;
  if (!storesUserRows({ userCount, rank, otherBytes, asked })) return {};
  return { "users.factors": { data: users, shape: [userCount, rank] } };
}

/** What is computed straight into the file. */
function computedSpecs(header: ModelHeader, neighbourCount: number): TensorSpec[] {
  const { itemCount } = header;
  const width = Math.max(0, Math.min(neighbourCount, itemCount - 1));
  const plan = planCodes(header.rank, itemCount);
  return [
    { name: "codes.rows", dtype: "U32", shape: [itemCount] },
    { name: "codes.prefix", dtype: "U8", shape: [plan.paddedCount, plan.prefixBytes] },
    { name: "codes.rest", dtype: "U8", shape: [plan.paddedCount, plan.restBytes] },
    { name: "codes.blocks", dtype: "F32", shape: [plan.paddedCount / blockRows, blockFloats] },
    ...(width > 0
      ? ([
          { name: "neighbours.rows", dtype: "U32", shape: [itemCount, width] },
          { name: "neighbours.scores", dtype: "F32", shape: [itemCount, width] },
        ] as const)
      : []),
  ];
}

function fillComputed(buffer: ModelBuffer, header: ModelHeader): void {
  const file = TensorFile.open(buffer.fileBytes, "the model");
  const plan = planCodes(header.rank, header.itemCount);
  encodeItems(file.f32("items.factors"), plan, readCodes(file));
  if (file.has("neighbours.rows")) {
    const into = { rows: file.u32("neighbours.rows"), scores: file.f32("neighbours.scores") };
    fillNeighbours(openModel(buffer, "the model").nearestByFactors, header.itemCount, into);
  }
}

function planFile(
  stored: Readonly<Record<string, ShapedTensor>>,
  computed: readonly TensorSpec[],
  header: ModelHeader,
): TensorPlan {
  const specs = Object.entries(stored).map(([name, { data, shape }]) => ({
    name,
    dtype: dtypeOf(data),
    shape,
  }));
  return planTensors([...specs, ...computed], { [metadataKey]: JSON.stringify(header) });
}

function writeFile(
  stored: Readonly<Record<string, ShapedTensor>>,
  computed: readonly TensorSpec[],
  header: ModelHeader,
): ModelBuffer {
  const plan = planFile(stored, computed, header);
  const buffer = allocateModel(plan.byteLength);
  buffer.fileBytes.set(plan.header);
  for (const [name, { data }] of Object.entries(stored)) {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    buffer.fileBytes.set(bytes, plan.place(name).byteOffset);
  }
  return buffer;
}

function row(data: TensorData): ShapedTensor {
  return { data, shape: [data.length] };
}

function requireFinite(name: string, data: TensorData): void {
  if (areFinite(data)) return;
  for (let at = 0; at < data.length; at++) {
    if (!Number.isFinite(data[at])) {
      throw new RangeError(`${name}[${at}] is ${data[at]}: a model holds finite numbers only`);
    }
  }
}
