import type { Shelf } from "aisle/admin";
import type { ReactNode } from "react";
import { FilterForm } from "./filter-form.tsx";
import { number } from "./words.ts";

type Field = Shelf["fields"][number];

/** What promotions and boosts have in common. */
interface Rule {
  readonly name: string;
  readonly filter?: string | undefined;
  readonly filterName?: string | undefined;
  readonly filterValues?: unknown;
  readonly from?: string | undefined;
  readonly until?: string | undefined;
}

interface RuleCardProps<R extends Rule> {
  readonly rule: R;
  readonly kind: string;
  readonly fields: readonly Field[];
  /** products that it is about, once they are counted */
  readonly itemCount: number | undefined;
  readonly fault: string | undefined;
  readonly onChange: (rule: R) => void;
  readonly onRemove: () => void;
  /** what is this kind's own */
  readonly children: ReactNode;
}

export function RuleCard<R extends Rule>(props: RuleCardProps<R>) {
  const { rule, kind, fields, itemCount, fault, onChange, onRemove, children } = props;
  return (
    <li className="rule">
      <div className="rule-head">
        <label className="field">
          <span className="heard">Name of the {kind}</span>
          <input
            className="rule-name"
            value={rule.name}
            maxLength={63}
            spellCheck={false}
            onChange={({ target }) =>
              onChange({ ...rule, name: target.value.replace(/[^\p{L}\p{N}_.-]+/gu, "-") })
            }
          />
        </label>
        <button
          type="button"
          className="icon"
          aria-label={`Remove the ${kind} ${rule.name}`}
          onClick={onRemove}
        >
          ×
        </button>
      </div>
      {children}
      {rule.filterName === undefined ? (
        <FilterForm
          text={rule.filter ?? ""}
          fields={fields}
          onChange={(filter) => onChange({ ...rule, filter })}
        />
      ) : (
        <p>
          Products of the named filter <code>{rule.filterName}</code>
        </p>
      )}
      {itemCount !== undefined && fault === undefined && (
        <p className={itemCount === 0 ? "bad small" : "quiet small"}>
          {itemCount === 1 ? "1 product" : `${number(itemCount)} products`} of those on sale
        </p>
      )}
      {fault !== undefined && (
        <p className="bad small" role="alert">
          {fault}
        </p>
      )}
      <Dates rule={rule} onChange={onChange} />
    </li>
  );
}

function Dates<R extends Rule>({
  rule,
  onChange,
}: {
  readonly rule: R;
  readonly onChange: (rule: R) => void;
}) {
  const hasDates = rule.from !== undefined || rule.until !== undefined;
  const set = (key: "from" | "until", value: string) => {
    const { [key]: _, ...rest } = rule;
    onChange((value === "" ? rest : { ...rest, [key]: new Date(value).toISOString() }) as R);
  };
  return (
    <details open={hasDates}>
      <summary>Only for a time</summary>
      <div className="dates">
        <label className="field">
          <span>From</span>
          <input
            type="datetime-local"
            value={localOf(rule.from)}
            onChange={({ target }) => set("from", target.value)}
          />
        </label>
        <label className="field">
          <span>Until</span>
          <input
            type="datetime-local"
            value={localOf(rule.until)}
            onChange={({ target }) => set("until", target.value)}
          />
        </label>
      </div>
    </details>
  );
}

/** A moment as the input wants it: by the clock on the wall. */
function localOf(iso: string | undefined): string {
  if (iso === undefined) return "";
  const date = new Date(iso);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
