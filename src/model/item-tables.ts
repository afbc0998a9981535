import { groupBaskets, orderRule, sessionRule, visitRule } from "../interactions/baskets.ts";
import type { EventLog } from "../interactions/event-log.ts";
import type { IdTable } from "../math/id-table.ts";
import type { TensorFile } from "../tensors/safetensors.ts";
import {
  basketCosine,
  type CompanionKind,
  type CompanionRule,
  type Companions,
  companionKinds,
  findCompanions,
  shrunkenLift,
} from "./companions.ts";
import type { Similarity } from "./header.ts";
import { noRow } from "./neighbours.ts";
import type { Trend } from "./popularity.ts";
import type { ShapedTensor } from "./tensors.ts";
import { findFirstSeen, findWindowTrends, type TrendWindow, timeResolution, trendWindows } from "./trends.ts";

/** What a model knows of items beside factors, all of it from events as they came, one by one. */
export interface ItemTables {
  readonly companions: Readonly<Partial<Record<CompanionKind, Companions>>>;
  /** absent where the events have no times */
  readonly windows?: Readonly<Record<TrendWindow, Trend>> | undefined;
  /** (items): epoch seconds of the first event, 0 unknown */
  readonly firstSeen: Uint32Array;
  /** what all times are whole numbers of: 86,400 where they are days; 0 without times */
  readonly timeResolution: number;
}

/** Bytes that a kind of companions may take; beyond, fewer are kept of each item. */
const companionBytesMax = 64 * 2 ** 20;
const bytesPerCompanion = 12;
const companionsMax = 25;
/** Chance alone would give one item in a hundred a companion. */
const falsePerItem = 0.01;

/** Companions kept per item: 25, and fewer past 220,000 items. */
export function companionWidth(itemCount: number): number {
  return Math.min(companionsMax, Math.floor(companionBytesMax / bytesPerCompanion / Math.max(1, itemCount)));
}

/** Fills the tables from the events that a model of these items was fitted on; `similarity` says what is needed. */
export function findItemTables(
  log: EventLog,
  { items, now }: { readonly items: IdTable; readonly now: number },
  similarity: Similarity,
): ItemTables {
  const width = companionWidth(items.count);
  const significant = { supportMin: 3, falsePerItem, width };
  const find = (of: Parameters<typeof groupBaskets>[2], rule: CompanionRule): Companions =>
    findCompanions(groupBaskets(log, items, of), rule);
  const visits = visitRule(log);
  return {
    companions: {
      together: find(orderRule(log), { ...significant, score: shrunkenLift }),
      ...(visits && { viewed: find(visits, { ...significant, score: basketCosine }) }),
      ...(similarity === "shared-visits" && { shared: findShared(log, items, width) }),
    },
    ...(log.hasTime && { windows: findWindowTrends(log, items, now) }),
    firstSeen: findFirstSeen(log, items),
    timeResolution: timeResolution(log),
  };
}

/** Items that share visits, by the cosine of theirs: for *similar*, where that is found to be best. */
export function findShared(log: EventLog, items: IdTable, width: number): Companions {
  const rule = { score: basketCosine, supportMin: 2, width };
  return findCompanions(groupBaskets(log, items, sessionRule(log)), rule);
}

export function itemTableTensors(tables: ItemTables): Record<string, ShapedTensor> {
  const { companions, windows, firstSeen } = tables;
  const row = (data: ShapedTensor["data"]): ShapedTensor => ({ data, shape: [data.length] });
  const tensors: Record<string, ShapedTensor> = { "items.first_seen": row(firstSeen) };
  for (const [kind, { starts, rows, scores, support }] of Object.entries(companions)) {
    tensors[`${kind}.starts`] = row(starts);
    tensors[`${kind}.rows`] = row(rows);
    tensors[`${kind}.scores`] = row(scores);
    tensors[`${kind}.support`] = row(support);
  }
  return windows ? { ...tensors, ...windowTensors(windows) } : tensors;
}

/** (windows, longest): rows of `noRow` where a window has fewer. */
function windowTensors(windows: NonNullable<ItemTables["windows"]>): Record<string, ShapedTensor> {
  const longest = Math.max(...trendWindows.map((window) => windows[window].rows.length));
  const shape = [trendWindows.length, longest];
  const rows = new Uint32Array(trendWindows.length * longest).fill(noRow);
  const scores = new Float32Array(rows.length);
  trendWindows.forEach((window, at) => {
    rows.set(windows[window].rows, at * longest);
    scores.set(windows[window].scores, at * longest);
  });
  return { "windows.rows": { data: rows, shape }, "windows.scores": { data: scores, shape } };
}

/** As views; a file may go without any of them. */
export function readItemTables(file: TensorFile, itemCount: number, resolution: number): ItemTables {
  const companions: Partial<Record<CompanionKind, Companions>> = {};
  for (const kind of companionKinds) {
    if (!file.has(`${kind}.rows`)) continue;
    companions[kind] = {
      starts: file.u32(`${kind}.starts`),
      rows: file.u32(`${kind}.rows`),
      scores: file.f32(`${kind}.scores`),
      support: file.u32(`${kind}.support`),
    };
  }
  return {
    companions,
    windows: file.has("windows.rows") ? readWindows(file) : undefined,
    firstSeen: file.has("items.first_seen") ? file.u32("items.first_seen") : new Uint32Array(itemCount),
    timeResolution: resolution,
  };
}

function readWindows(file: TensorFile): Record<TrendWindow, Trend> {
  const rows = file.u32("windows.rows");
  const scores = file.f32("windows.scores");
  const longest = rows.length / trendWindows.length;
  const windows = trendWindows.map((window, at): [TrendWindow, Trend] => {
    const own = rows.subarray(at * longest, (at + 1) * longest);
    const end = own.indexOf(noRow);
    const length = end < 0 ? longest : end;
    return [
      window,
      { rows: own.subarray(0, length), scores: scores.subarray(at * longest, at * longest + length) },
    ];
  });
  return Object.fromEntries(windows) as Record<TrendWindow, Trend>;
}
