import type { RulesPreview, Shelf } from "aisle/admin";
import { useState } from "react";
import { FilterForm, firstOf } from "./filter-form.tsx";
import { writeFilter } from "./filter-text.ts";
import { type Draft, freeName } from "./rules-draft.ts";
import { number } from "./words.ts";

/** Filters that the shop's own requests name; folded, since most shops have none. */
export function NamedFilters({
  draft,
  fields,
  checked,
  onChange,
}: {
  readonly draft: Draft;
  readonly fields: readonly Shelf["fields"][number][];
  readonly checked: Pick<RulesPreview, "rules" | "faults"> | undefined;
  readonly onChange: (draft: Draft) => void;
}) {
  const entries = Object.entries(draft.filters);
  const [wanted, setWanted] = useState("");
  const set = (name: string, text: string) =>
    onChange({ ...draft, filters: { ...draft.filters, [name]: text } });
  const remove = (name: string) => {
    const { [name]: _, ...filters } = draft.filters;
    onChange({ ...draft, filters });
  };
  const isUsed = (name: string) =>
    [...draft.promotions, ...draft.boosts].some(({ filterName }) => filterName === name);
  const add = () => {
    const name = freeName(
      wanted.trim().replace(/[^\p{L}\p{N}_.-]+/gu, "-") || "filter",
      Object.keys(draft.filters),
    );
    set(name, writeFilter([firstOf(fields[0])]));
    setWanted("");
  };
  return (
    <details className="panel" open={entries.length > 0}>
      <summary>Named filters</summary>
      <p className="quiet small">
        For requests of the shop itself, which say <code>filterName=</code> and leave the rest to you.
      </p>
      <ul className="rules">
        {entries.map(([name, text]) => {
          const said = checked?.rules.find(({ rule }) => rule === `filters.${name}`);
          const fault = checked?.faults.find(({ rule }) => rule === `filters.${name}`);
          return (
            <li key={name} className="rule">
              <div className="rule-head">
                <h3>{name}</h3>
                <button
                  type="button"
                  className="icon"
                  aria-label={`Remove the filter ${name}`}
                  disabled={isUsed(name)}
                  title={isUsed(name) ? "A rule uses it" : undefined}
                  onClick={() => remove(name)}
                >
                  ×
                </button>
              </div>
              <FilterForm text={text} fields={fields} onChange={(next) => set(name, next)} />
              {said?.itemCount !== undefined && (
                <p className="quiet small">{number(said.itemCount)} products</p>
              )}
              {fault && (
                <p className="bad small" role="alert">
                  {fault.reason}
                </p>
              )}
            </li>
          );
        })}
      </ul>
      <div className="inline">
        <label className="field">
          <span>Name of a new filter</span>
          <input value={wanted} maxLength={63} onChange={({ target }) => setWanted(target.value)} />
        </label>
        <button type="button" className="button plain" onClick={add} disabled={fields.length === 0}>
          Add a filter
        </button>
      </div>
    </details>
  );
}
