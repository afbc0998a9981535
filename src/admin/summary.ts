import type { Snapshot } from "../serving/snapshot.ts";
import { channelOf, type Desk } from "./desk.ts";
import { type Lead, leadOverPopularity } from "./model-list.ts";
import { type Reach, reachLength, reachOf } from "./never-shown.ts";
import { findTodos, type Todo } from "./todos.ts";
import { lastWeek, type Week } from "./week.ts";
import { listNumber, nameDay, number, percent, percentRange, times } from "./wording.ts";

/** A part of the sentence, and where the page tells more of it. */
export interface Clause {
  readonly text: string;
  readonly about: "models" | "performance" | "products";
  /** how the figure came about, in a sentence */
  readonly how: string;
}

export interface SummaryFigures {
  /** absent while nothing is live */
  readonly model?: { readonly version: string; readonly createdAt: string; readonly isPersonal: boolean };
  readonly overPopularity?: Lead;
  /** of the last seven days; absent where answers are not kept */
  readonly answers?: Omit<Week, "shown">;
  readonly products?: {
    readonly count: number;
    readonly neverShown: number;
    /** users whose lists were looked through, and how long each list was */
    readonly lists: number;
    readonly length: number;
    /** some of them, by title where the catalogue has one */
    readonly examples: readonly { readonly itemId: string; readonly title: string }[];
  };
}

/** The first screen: how it stands, in one sentence, and what there is to do. */
export interface Summary {
  readonly sentence: string;
  readonly clauses: readonly Clause[];
  readonly figures: SummaryFigures;
  readonly todos: readonly Todo[];
}

const examplesMax = 50;

/** @param timeZone of whoever reads "Tuesday"; IANA's name */
export async function summarise(desk: Desk, timeZone: string): Promise<Summary> {
  const { snapshot } = desk.serving;
  const [model, week, reach] = await Promise.all([
    liveModel(desk),
    lastWeek(desk),
    snapshot === undefined ? undefined : reachOf(snapshot),
  ]);
  const figures = figuresOf({ model, week, reach, snapshot });
  const todos = await findTodos(desk, figures);
  const clauses = clausesOf(figures, { now: desk.now(), timeZone });
  const told = clauses.map(({ text }) => text).join("; ");
  const end = todos.length === 0 ? "Nothing to do." : `${listNumber(todos.length)} to do.`;
  return { sentence: `${told}. ${end}`, clauses, figures, todos };
}

interface Live {
  readonly version: string;
  readonly createdAt: string;
  readonly isPersonal: boolean;
  readonly lead: Lead | undefined;
}

async function liveModel(desk: Desk): Promise<Live | undefined> {
  const { model } = await channelOf(desk);
  if (model === undefined) return undefined;
  const manifest = await desk.registry.manifest(model);
  const { createdAt, rank } = manifest;
  const lead = rank > 0 ? await leadOverPopularity(desk.registry, manifest) : undefined;
  return { version: model, createdAt, isPersonal: rank > 0, lead };
}

interface Found {
  readonly model: Live | undefined;
  readonly week: Week | undefined;
  readonly reach: Reach | undefined;
  readonly snapshot: Snapshot | undefined;
}

function figuresOf({ model, week, reach, snapshot }: Found): SummaryFigures {
  const shown = week?.shown ?? new Set<string>();
  const never = reach?.unreached.filter((itemId) => !shown.has(itemId)) ?? [];
  const { shown: _, ...answers } = week ?? { shown };
  return {
    ...(model && {
      model: { version: model.version, createdAt: model.createdAt, isPersonal: model.isPersonal },
    }),
    ...(model?.lead && { overPopularity: model.lead }),
    ...(week && { answers: answers as Omit<Week, "shown"> }),
    ...(reach && {
      products: {
        count: reach.productCount,
        neverShown: never.length,
        lists: reach.listCount,
        length: reachLength,
        examples: never.slice(0, examplesMax).map((itemId) => ({ itemId, title: titleOf(snapshot, itemId) })),
      },
    }),
  };
}

function titleOf(snapshot: Snapshot | undefined, itemId: string): string {
  const row = snapshot?.catalog?.ids.row(itemId) ?? -1;
  return row < 0 ? itemId : snapshot!.catalog!.item(row).title;
}

function clausesOf(figures: SummaryFigures, when: { now: number; timeZone: string }): Clause[] {
  return [modelClause(figures, when), ...answersClause(figures), ...productsClause(figures)];
}

function modelClause(
  { model, overPopularity }: SummaryFigures,
  { now, timeZone }: { now: number; timeZone: string },
): Clause {
  const about = "models";
  if (model === undefined) {
    const how = "The channel names no model: nothing can be answered.";
    return { about, text: "No model is live yet", how };
  }
  if (!model.isPersonal) {
    const how =
      "What is live only knows what is popular; a trained model answers each shopper by what they did.";
    return { about, text: "Everybody is shown bestsellers", how };
  }
  const name = nameDay(model.createdAt, { now, timeZone });
  const relative = overPopularity?.relative;
  if (overPopularity === undefined || relative === undefined) {
    const how = "It was trained without a held-out part, or bestsellers found nothing there.";
    return { about, text: `${name} model is live, not measured against bestsellers`, how };
  }
  const { metric, userCount } = overPopularity;
  const how = `${metric}, by ${number(userCount)} shoppers whose last events were hidden while it was trained; the range holds with 95 % certainty.`;
  const range = `${percent(Math.abs(relative.value))} (${percentRange(relative)})`;
  if (relative.low > 1) {
    return { about, how, text: `${name} model finds ${times(relative)} what bestsellers find` };
  }
  if (relative.low > 0) return { about, how, text: `${name} model beats bestsellers by ${range}` };
  if (relative.high < 0) return { about, how, text: `${name} model is worse than bestsellers by ${range}` };
  return { about, how, text: `${name} model cannot be told from bestsellers (${percentRange(relative)})` };
}

function answersClause({ answers }: SummaryFigures): Clause[] {
  if (answers === undefined) return [];
  const about = "performance";
  const { toKnown, personal, isPartial } = answers;
  if (toKnown === 0) {
    const how = "No answer of the last seven days was for somebody whom the shop knows.";
    return [{ about, how, text: "no known shopper has asked this week" }];
  }
  const part = isPartial ? ", by the part that could be read in time" : "";
  const how = `${number(personal)} of the ${number(toKnown)} answers that known shoppers got in the last seven days${part}; the others got what is popular.`;
  return [{ about, how, text: `${percent(personal / toKnown)} of answers are personal` }];
}

function productsClause({ products }: SummaryFigures): Clause[] {
  if (products === undefined || products.count === 0) return [];
  const { neverShown, lists, length, count } = products;
  const how = `Of ${number(count)} products on sale, in the first ${length} rows of none of ${number(lists)} shoppers, and in no answer of the last seven days.`;
  const text =
    neverShown === 0
      ? "every product is shown to somebody"
      : `${number(neverShown)} ${neverShown === 1 ? "product is" : "products are"} never shown`;
  return [{ about: "products", text, how }];
}
