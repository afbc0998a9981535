import { parametersOf } from "../ranking/filter/expression.ts";
import { itemFilter } from "../ranking/filter/item-filter.ts";
import { parseFilter } from "../ranking/filter/parse.ts";
import type { Rules } from "../registry/rules.ts";
import type { RuleFault } from "./rules.ts";
import { Snapshot } from "./snapshot.ts";
import type { VersionSource } from "./source.ts";

export interface CheckedRule {
  /** such as `filters.in-stock` */
  readonly rule: string;
  /** items on sale that it leaves for a stranger; absent where it waits for parameters, or nothing is live */
  readonly itemCount?: number;
  /** parameters without values */
  readonly needs: readonly string[];
}

export interface CheckedRules {
  readonly rules: readonly CheckedRule[];
  readonly faults: readonly RuleFault[];
}

/** What rules would do to what a channel serves; where it serves nothing yet, only their texts are looked at. */
export async function checkRules(rules: Rules, source: VersionSource): Promise<CheckedRules> {
  return checkDraft(rules, await liveSnapshot(rules, source));
}

/** What rules do to a snapshot that was made with them. */
export function checkDraft(rules: Rules, snapshot: Snapshot | undefined): CheckedRules {
  const about = [
    ...Object.entries(rules.filters).map(([name, text]) => ({ rule: `filters.${name}`, text, values: {} })),
    ...(["promotions", "boosts"] as const).flatMap((kind) =>
      rules[kind].map(({ name, filter, filterName, filterValues = {} }) => ({
        rule: `${kind}.${name}`,
        text: filter ?? rules.filters[filterName ?? ""],
        values: filterValues,
      })),
    ),
  ];
  const faults: RuleFault[] = snapshot ? [...snapshot.rules.faults, ...pinFaults(rules, snapshot)] : [];
  const checked = about.flatMap(({ rule, text, values }): CheckedRule[] => {
    try {
      const needs = parametersOf(parseFilter(text)).filter((name) => !Object.hasOwn(values, name));
      if (needs.length > 0 || !snapshot || faults.some((fault) => fault.rule === rule))
        return [{ rule, needs }];
      return [{ rule, needs, itemCount: countLeft(snapshot, text, values) }];
    } catch (error) {
      const { message } = error as Error;
      if (!faults.some((fault) => fault.rule === rule)) faults.push({ rule, reason: message });
      return [];
    }
  });
  return { rules: checked, faults };
}

/** What a channel serves, with these rules; undefined where it serves nothing. */
export async function liveSnapshot(rules: Rules, source: VersionSource): Promise<Snapshot | undefined> {
  const state = await source.readChannel();
  if (state?.model === undefined) return undefined;
  const catalog = state.catalog === undefined ? undefined : await source.loadCatalog(state.catalog);
  const { model } = await source.loadModel(state.model);
  return new Snapshot({ model, catalog, rules, version: state.model, channel: source.channel });
}

function countLeft(snapshot: Snapshot, text: string, values: Record<string, string | string[]>): number {
  const { hidden, visible } = snapshot.filters.apply([itemFilter(text, values)]);
  const known = hidden.reduce((count, each) => count + (each === 0 ? 1 : 0), 0);
  return known + snapshot.newRows.filter((row) => visible?.[row] === 1).length;
}

function pinFaults({ pins }: Rules, { model, catalog }: Snapshot): RuleFault[] {
  return pins.flatMap(({ itemId }) => {
    const row = catalog?.ids.row(itemId) ?? model.items.row(itemId);
    if (row < 0) return [{ rule: `pins.${itemId}`, reason: "there is no such item" }];
    const isOnSale = catalog === undefined || catalog.available[row] !== 0;
    return isOnSale ? [] : [{ rule: `pins.${itemId}`, reason: "is not available now" }];
  });
}
