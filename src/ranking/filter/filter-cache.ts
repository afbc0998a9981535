import type { ItemFilter } from "./item-filter.ts";
import { checkFields } from "./mark-items.ts";
import {
  type Active,
  activeExpressions,
  type BaseMask,
  baseMask,
  type FilteredRows,
  type FilteredUser,
  type FilterTarget,
  withHistory,
} from "./mask.ts";
import { parseFilter } from "./parse.ts";

const bytesMaxDefault = 64 * 2 ** 20;
const countMax = 1000;

/**
 * Filters applied to the items of one model and catalogue. A mask is made when it is first asked for and kept, the
 * ones asked for last, within a bound.
 */
export class FilterCache {
  readonly #target: FilterTarget;
  readonly #bytesMax: number;
  readonly #masks = new Map<string, BaseMask>();
  #bytes = 0;

  constructor(target: FilterTarget, bytesMax = bytesMaxDefault) {
    this.#target = target;
    this.#bytesMax = bytesMax;
  }

  /** What masks take now. */
  get byteLength(): number {
    return this.#bytes;
  }

  /**
   * What filters that must all agree leave for a user.
   * @throws FilterError where a filter asks for a field that the items do not have
   */
  apply(filters: readonly ItemFilter[], { history, attributes }: FilteredUser = {}): FilteredRows {
    const active = activeExpressions(filters, attributes);
    // Which expressions apply is part of what the mask was made of.
    const flags = filters.map(({ expressions }, at) =>
      expressions.map((each) => Number(active[at].includes(each))),
    );
    const key = JSON.stringify(filters.map((filter, at) => [filter.key, flags[at].join("")]));
    const base = this.#masks.get(key) ?? this.#make(filters, active);
    this.#keep(key, base);
    return withHistory(this.#target, base, history);
  }

  /** @throws FilterError on a text that is no filter, or asks for a field that the items do not have */
  check(text: string): void {
    checkFields(parseFilter(text).expressions, this.#target.items?.columns);
  }

  #make(filters: readonly ItemFilter[], active: Active): BaseMask {
    for (const { expressions } of filters) checkFields(expressions, this.#target.items?.columns);
    return baseMask(this.#target, active);
  }

  /** The latest is the last of the map, and the first of it goes. */
  #keep(key: string, mask: BaseMask): void {
    if (this.#masks.delete(key)) this.#bytes -= sizeOf(key, mask);
    this.#masks.set(key, mask);
    this.#bytes += sizeOf(key, mask);
    for (const [oldest, old] of this.#masks) {
      if (this.#masks.size === 1 || (this.#bytes <= this.#bytesMax && this.#masks.size <= countMax)) return;
      this.#masks.delete(oldest);
      this.#bytes -= sizeOf(oldest, old);
    }
  }
}

function sizeOf(key: string, mask: BaseMask): number {
  return key.length * 2 + mask.byteLength;
}
