import type { Bonus } from "../model/offers.ts";
import { FilterError } from "../ranking/filter/expression.ts";
import type { FilterCache } from "../ranking/filter/filter-cache.ts";
import { type ItemFilter, itemFilter } from "../ranking/filter/item-filter.ts";
import type { Rules } from "../registry/rules.ts";

interface Timed {
  readonly from?: string | undefined;
  readonly until?: string | undefined;
}

export interface Promotion extends Timed {
  readonly name: string;
  readonly percentPromotedItems: number;
  readonly filter: ItemFilter;
}

export interface Pin extends Timed {
  readonly itemId: string;
  /** from 1 */
  readonly position: number;
}

/** What boosts and buries add to scores. */
export interface RulesBonus extends Bonus {
  /** (catalogue): the same for items that the model may not know */
  readonly ofCatalog?: Float64Array | undefined;
}

interface Boost extends Timed {
  readonly name: string;
  readonly by: number;
  readonly filter: ItemFilter;
}

/** A rule that cannot be applied to what is served, and why. */
export interface RuleFault {
  readonly rule: string;
  readonly reason: string;
}

/**
 * Rules as they are applied to one model and catalogue. A rule that these cannot bear, such as one on a field that the
 * catalogue has lost, is left out and named in `faults`: answers go on without it.
 */
export class LiveRules {
  readonly faults: readonly RuleFault[];
  readonly #rules: Rules | undefined;
  readonly #filters: FilterCache;
  readonly #promotions: readonly Promotion[];
  readonly #boosts: readonly Boost[];
  readonly #bonuses = new Map<string, RulesBonus>();

  constructor(rules: Rules | undefined, filters: FilterCache) {
    this.#rules = rules;
    this.#filters = filters;
    const faults: RuleFault[] = [];
    this.faults = faults;
    for (const [name, text] of Object.entries(rules?.filters ?? {})) {
      // Parameters have no values yet: only the text and its fields are looked at.
      attempt(`filters.${name}`, faults, () => filters.check(text));
    }
    this.#promotions = this.#bind("promotions", rules?.promotions ?? [], faults);
    this.#boosts = this.#bind("boosts", rules?.boosts ?? [], faults).filter(({ name, filter }) => {
      const isCommon = filter.expressions.every(({ data, user }) => data === "Items" && user.length === 0);
      if (!isCommon)
        faults.push({ rule: `boosts.${name}`, reason: "is about items only: it can look at no user" });
      return isCommon;
    });
  }

  /** The text of a filter by its name, the last segment of Personalize's ARN of it. */
  filterText(name: string): string | undefined {
    const filters = this.#rules?.filters ?? {};
    return Object.hasOwn(filters, name) ? filters[name] : undefined;
  }

  /** @param now ms since 1970 */
  promotionsAt(now: number): Promotion[] {
    return this.#promotions.filter((rule) => isOn(rule, now));
  }

  experimentAt(now: number): Rules["experiment"] {
    const experiment = this.#rules?.experiment;
    return experiment && isOn(experiment, now) ? experiment : undefined;
  }

  pinsAt(now: number): Pin[] {
    return (this.#rules?.pins ?? []).filter((rule) => isOn(rule, now));
  }

  /** Undefined where nothing is boosted or buried. Made once for the rules that hold together. */
  bonusAt(now: number): RulesBonus | undefined {
    const boosts = this.#boosts.filter((rule) => isOn(rule, now));
    if (boosts.length === 0) return undefined;
    const key = JSON.stringify(boosts.map(({ name }) => name));
    let bonus = this.#bonuses.get(key);
    if (!bonus) {
      bonus = this.#sum(boosts);
      this.#bonuses.clear();
      this.#bonuses.set(key, bonus);
    }
    return bonus;
  }

  #sum(boosts: readonly Boost[]): RulesBonus {
    let values: Float64Array | undefined;
    let ofCatalog: Float64Array | undefined;
    for (const { filter, by } of boosts) {
      const { hidden, visible } = this.#filters.apply([filter]);
      values ??= new Float64Array(hidden.length);
      for (let row = 0; row < hidden.length; row++) if (hidden[row] === 0) values[row] += by;
      if (!visible) continue;
      ofCatalog ??= new Float64Array(visible.length);
      for (let row = 0; row < visible.length; row++) if (visible[row] === 1) ofCatalog[row] += by;
    }
    const sums = values ?? new Float64Array(0);
    const largest = sums.reduce((most, each) => Math.max(most, each), 0);
    return { values: sums, largest, ofCatalog };
  }

  #bind<Rule extends Rules["promotions"][number] | Rules["boosts"][number]>(
    kind: string,
    rules: readonly Rule[],
    faults: RuleFault[],
  ): (Omit<Rule, "filter"> & { filter: ItemFilter })[] {
    return rules.flatMap((rule) => {
      const text = rule.filter ?? this.filterText(rule.filterName ?? "") ?? "";
      const filter = attempt(`${kind}.${rule.name}`, faults, () => {
        const bound = itemFilter(text, rule.filterValues);
        this.#filters.apply([bound]);
        return bound;
      });
      return filter ? [{ ...rule, filter }] : [];
    });
  }
}

function attempt<T>(rule: string, faults: RuleFault[], work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    faults.push({ rule, reason: error.message });
    return undefined;
  }
}

function isOn({ from, until }: Timed, now: number): boolean {
  return (from === undefined || Date.parse(from) <= now) && (until === undefined || now < Date.parse(until));
}
