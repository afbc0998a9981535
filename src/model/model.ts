import type { IdTable } from "../math/id-table.ts";
import { TensorFile } from "../tensors/safetensors.ts";
import type { ModelBuffer } from "./buffer.ts";
import { FoldIn, type FoldInParameters } from "./fold-in.ts";
import { type ModelHeader, readModelHeader, type Similarity } from "./header.ts";
import { confidenceOf, findWeight, type History, type RecentEvent, withRecent } from "./history.ts";
import { ItemDirections } from "./item-directions.ts";
import { type ItemTables, readItemTables } from "./item-tables.ts";
import { type NeighbourTable, storedNeighbours } from "./neighbours.ts";
import type { PlaceMask } from "./place-mask.ts";
import type { Popularity } from "./popularity.ts";
import { type PseudonymKey, PseudonymousIds } from "./pseudonyms.ts";
import { scoreRow } from "./score-plainly.ts";
import { Scorer, type SearchOptions } from "./scorer.ts";
import { checkShapes, readCodes, readIds } from "./tensors.ts";
import type { RankedRows } from "./top-rows.ts";

/**
 * A model as views on the buffer that holds its file. Nothing but the header is parsed, whatever the size.
 * @param where names the file in errors
 * @param pseudonymKey what its users' ids are hidden under, where they are
 * @throws TensorFileError or ModelFileError naming what is wrong with it
 */
export function openModel(buffer: ModelBuffer, where: string, pseudonymKey?: PseudonymKey): Model {
  return new Model(buffer, where, pseudonymKey);
}

export class Model {
  readonly header: ModelHeader;
  /** 0 where nothing was factorised: popularity only */
  readonly rank: number;
  readonly itemCount: number;
  readonly userCount: number;
  /** epoch seconds of the last event that it knows, 0 where its data has no times */
  readonly now: number;
  readonly items: IdTable;
  readonly users: IdTable;
  readonly popularity: Popularity;
  /** (items): every row by falling popularity */
  readonly popularRows: Uint32Array;
  readonly trending: { readonly rows: Uint32Array; readonly scores: Float32Array };
  /** whether users' rows are stored; else they are folded in */
  readonly hasUserFactors: boolean;
  /** what goes together, what grows, and since when items are there */
  readonly itemTables: ItemTables;
  readonly buffer: ModelBuffer;
  readonly pseudonymKey: PseudonymKey | undefined;
  readonly #histories: History & { readonly starts: Uint32Array };
  readonly #personal: PersonalPart | undefined;
  readonly #userFactors: Float32Array | undefined;
  readonly #neighbours: NeighbourTable | undefined;
  #directions: ItemDirections | undefined;

  constructor(buffer: ModelBuffer, where: string, pseudonymKey?: PseudonymKey) {
    const file = TensorFile.open(buffer.fileBytes, where);
    const header = readModelHeader(file, where);
    checkShapes(file, header, where);
    this.buffer = buffer;
    this.header = header;
    this.rank = header.rank;
    this.itemCount = header.itemCount;
    this.userCount = header.userCount;
    this.now = header.now;
    this.items = readIds("items", file, where);
    const users = readIds("users", file, where);
    this.users = pseudonymKey ? new PseudonymousIds(users.arrays, pseudonymKey) : users;
    this.pseudonymKey = pseudonymKey;
    this.popularity = {
      all: file.u32("popularity.all"),
      days7: file.u32("popularity.days7"),
      days28: file.u32("popularity.days28"),
      byType: file.u32("popularity.by_type"),
    };
    this.popularRows = file.u32("popularity.rows");
    this.trending = { rows: file.u32("trending.rows"), scores: file.f32("trending.scores") };
    this.#histories = readHistories(file);
    this.#personal = header.objective ? readPersonalPart(buffer, file, header) : undefined;
    this.#userFactors = file.has("users.factors") ? file.f32("users.factors") : undefined;
    this.hasUserFactors = this.#userFactors !== undefined;
    this.itemTables = readItemTables(file, header.itemCount, header.timeResolution ?? 0);
    if (file.has("neighbours.rows")) {
      this.#neighbours = { rows: file.u32("neighbours.rows"), scores: file.f32("neighbours.scores") };
    }
  }

  /** What it takes in memory: its file and the scorer's room. */
  get byteLength(): number {
    return this.buffer.memory.buffer.byteLength;
  }

  /** What a user did, as views; throws a RangeError on a row that is not there. */
  history(userRow: number): History {
    if (!(userRow >= 0 && userRow < this.userCount)) {
      throw new RangeError(`user row ${userRow} is not among ${this.userCount}`);
    }
    const { starts, items, strength, lastTime, typeBits, count, value } = this.#histories;
    const from = starts[userRow];
    const to = starts[userRow + 1];
    return {
      items: items.subarray(from, to),
      strength: strength.subarray(from, to),
      lastTime: lastTime.subarray(from, to),
      typeBits: typeBits.subarray(from, to),
      count: count?.subarray(from, to),
      value: value?.subarray(from, to),
    };
  }

  /** @throws UnknownEventTypeError for an event type that has no weight */
  withRecent(history: History | undefined, recent: readonly RecentEvent[]): History {
    return withRecent(history, recent, this.header);
  }

  /** What an event of this type weighs; undefined where nobody said. */
  eventWeight(eventType: string): number | undefined {
    return findWeight(this.header.confidence, eventType);
  }

  /** (rank): the stored row of a user, or undefined where the file has none. */
  userVector(userRow: number): Float32Array | undefined {
    return this.#userFactors?.subarray(userRow * this.rank, (userRow + 1) * this.rank);
  }

  /** The user's equation solved for a history; undefined where the model has no factors or the history no weight. */
  foldIn(history: History): FoldIn | undefined {
    if (!this.#personal) return undefined;
    const { observedScale, parameters } = this.#personal;
    const weights = confidenceOf(history, this.header).map((c, at) => c * observedScale[history.items[at]]);
    const counts = history.items.filter((_, at) => weights[at] > 0);
    if (counts.length === 0) return undefined;
    return new FoldIn(
      parameters,
      counts,
      weights.filter((weight) => weight > 0),
    );
  }

  /** The k best items for a vector of a user or a fold-in: exact, ties by row. `hidden` is (items). */
  topK(vector: Float32Array, k: number, hidden?: Uint8Array, options?: SearchOptions): RankedRows {
    return this.#requirePersonal().scorer.topK(vector, k, hidden, options);
  }

  /** What makes searches that hide at least this much faster, (items); undefined where there are no factors. */
  maskPlaces(hidden: Uint8Array): PlaceMask | undefined {
    return this.#personal?.scorer.maskPlaces(hidden);
  }

  /** Raw score of each row, aligned with `rows`. */
  scores(vector: Float32Array, rows: ArrayLike<number>): Float64Array {
    return Float64Array.from(rows, (row) =>
      scoreRow(vector, this.#requirePersonal().parameters.factors, row),
    );
  }

  /** (items): the score of every row, within what 8 bits leave of it; see `Scorer`. */
  roughScores(vector: Float32Array): Float64Array {
    return this.#requirePersonal().scorer.roughScores(vector);
  }

  /** (rank): an item's stored factors. */
  itemVector(itemRow: number): Float32Array {
    const { factors } = this.#requirePersonal().parameters;
    return factors.subarray(itemRow * this.rank, (itemRow + 1) * this.rank);
  }

  /** How `neighbours` finds them. */
  get similarity(): Similarity {
    return this.header.similarity ?? "cosine";
  }

  /** The k items not hidden that are most like this one by its factors, those above 0: stored, or found now. */
  neighbours(itemRow: number, k: number, hidden?: Uint8Array, places?: PlaceMask): RankedRows {
    const place = { itemRow, itemCount: this.itemCount };
    const stored = this.#neighbours && storedNeighbours(this.#neighbours, place, k, hidden);
    return stored ?? this.nearestByFactors(itemRow, k, hidden, places);
  }

  /** The same by a search: the largest cosines, or the best of a fold-in of that item alone. */
  nearestByFactors = (itemRow: number, k: number, hidden?: Uint8Array, places?: PlaceMask): RankedRows => {
    if (!this.#personal) return { rows: new Uint32Array(0), scores: new Float64Array(0) };
    if (this.similarity === "cosine") return this.#personal.scorer.nearest(itemRow, k, hidden, places);
    const others = hidden?.slice() ?? new Uint8Array(this.itemCount);
    others[itemRow] = 1;
    const { rows, scores } = this.topK(this.oneItemVector(itemRow), k, others, { places });
    const end = scores.findIndex((score) => score <= 0);
    return end < 0 ? { rows, scores } : { rows: rows.subarray(0, end), scores: scores.subarray(0, end) };
  };

  /** (rank): the fold-in of a history of this item alone. */
  oneItemVector(itemRow: number): Float32Array {
    const personal = this.#requirePersonal();
    this.#directions ??= new ItemDirections(personal.parameters);
    return this.#directions.vector(itemRow);
  }

  #requirePersonal(): PersonalPart {
    if (!this.#personal) throw new RangeError("a model of rank 0 has no factors to score with");
    return this.#personal;
  }
}

/** What only a model with factors has. */
interface PersonalPart {
  readonly scorer: Scorer;
  readonly parameters: FoldInParameters;
  /** (items): a = c × observedScale */
  readonly observedScale: Float32Array;
}

function readPersonalPart(buffer: ModelBuffer, file: TensorFile, header: ModelHeader): PersonalPart {
  const { rank, objective } = header;
  if (!objective) throw new RangeError("no factors were fitted");
  const factors = file.f32("items.factors");
  return {
    scorer: openScorer(buffer, file, header),
    parameters: {
      rank,
      factors,
      multiplier: file.has("items.multiplier") ? file.f32("items.multiplier") : undefined,
      gram: file.f64("gram"),
      ...objective,
    },
    observedScale: file.f32("items.observed_scale"),
  };
}

/** The scorer over a file's items; its codes may still be empty. */
function openScorer(buffer: ModelBuffer, file: TensorFile, { rank, largestNorm }: ModelHeader): Scorer {
  return new Scorer({
    memory: buffer.memory,
    factors: file.f32("items.factors"),
    codes: readCodes(file),
    rank,
    largestNorm,
    scratchOffset: buffer.scratchOffset,
  });
}

function readHistories(file: TensorFile): History & { starts: Uint32Array } {
  return {
    starts: file.u32("history.starts"),
    items: file.u32("history.items"),
    strength: file.f32("history.strength"),
    lastTime: file.u32("history.last_time"),
    typeBits: file.u8("history.type_bits"),
    count: file.has("history.count") ? file.u32("history.count") : undefined,
    value: file.has("history.value") ? file.f32("history.value") : undefined,
  };
}
