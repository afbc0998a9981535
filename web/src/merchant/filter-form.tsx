import type { Shelf } from "aisle/admin";
import { useId } from "react";
import { type Condition, readFilter, type Sign, signs, writeFilter } from "./filter-text.ts";
import { replaceAt, withoutAt } from "./rules-draft.ts";

type Field = Shelf["fields"][number];

const signWords: Readonly<Record<Sign, string>> = {
  "<=": "at most",
  ">=": "at least",
  "<": "below",
  ">": "above",
  "=": "exactly",
};

export const fieldWords = (name: string): string => {
  const words = name.replace(/[_-]+/g, " ").toLowerCase();
  return words[0].toUpperCase() + words.slice(1);
};

/** What a rule is about, as conditions to choose; as text where somebody has written more than a form can show. */
export function FilterForm({
  text,
  fields,
  onChange,
}: {
  readonly text: string;
  readonly fields: readonly Field[];
  readonly onChange: (text: string) => void;
}) {
  const names = fields.map(({ name }) => name);
  const conditions = readFilter(text, names);
  const id = useId();
  if (conditions === undefined) {
    return (
      <div className="field">
        <label htmlFor={id}>Which products, as a filter</label>
        <textarea
          id={id}
          value={text}
          rows={3}
          spellCheck={false}
          onChange={(event) => onChange(event.target.value)}
        />
        {fields.length > 0 && (
          <button type="button" className="link" onClick={() => onChange(writeFilter([firstOf(fields[0])]))}>
            Choose conditions instead
          </button>
        )}
      </div>
    );
  }
  const change = (next: readonly Condition[]) => onChange(writeFilter(next));
  return (
    <fieldset className="conditions">
      <legend>Which products</legend>
      {conditions.map((condition, at) => (
        <ConditionRow
          // biome-ignore lint/suspicious/noArrayIndexKey: conditions have no names, only their places
          key={at}
          condition={condition}
          fields={fields}
          onChange={(next) => change(replaceAt(conditions, at, next))}
          onRemove={conditions.length > 1 ? () => change(withoutAt(conditions, at)) : undefined}
        />
      ))}
      <button type="button" className="link" onClick={() => change([...conditions, firstOf(fields[0])])}>
        And another condition
      </button>
    </fieldset>
  );
}

/** Where a new condition begins. */
export function firstOf(field: Field): Condition {
  return field.kind === "number"
    ? { kind: "number", field: field.name, sign: "<=", value: field.most }
    : { kind: "text", field: field.name, isIn: true, values: [field.values[0].value] };
}

function ConditionRow({
  condition,
  fields,
  onChange,
  onRemove,
}: {
  readonly condition: Condition;
  readonly fields: readonly Field[];
  readonly onChange: (condition: Condition) => void;
  readonly onRemove: (() => void) | undefined;
}) {
  const field = fields.find(({ name }) => name === condition.field);
  return (
    <div className="condition">
      <select
        aria-label="Field"
        value={condition.field}
        onChange={({ target }) => {
          const next = fields.find(({ name }) => name === target.value);
          if (next) onChange(firstOf(next));
        }}
      >
        {fields.map(({ name }) => (
          <option key={name} value={name}>
            {fieldWords(name)}
          </option>
        ))}
      </select>
      {condition.kind === "number" ? (
        <NumberPart condition={condition} onChange={onChange} />
      ) : (
        <TextPart condition={condition} field={field} onChange={onChange} />
      )}
      {onRemove && (
        <button type="button" className="icon" aria-label="Remove this condition" onClick={onRemove}>
          ×
        </button>
      )}
    </div>
  );
}

function NumberPart({
  condition,
  onChange,
}: {
  readonly condition: Condition & { kind: "number" };
  readonly onChange: (condition: Condition) => void;
}) {
  return (
    <>
      <select
        aria-label="Comparison"
        value={condition.sign}
        onChange={({ target }) => onChange({ ...condition, sign: target.value as Sign })}
      >
        {signs.map((sign) => (
          <option key={sign} value={sign}>
            {signWords[sign]}
          </option>
        ))}
      </select>
      <input
        type="number"
        step="any"
        aria-label="Value"
        value={condition.value}
        onChange={({ target }) => {
          if (Number.isFinite(target.valueAsNumber)) onChange({ ...condition, value: target.valueAsNumber });
        }}
      />
    </>
  );
}

function TextPart({
  condition,
  field,
  onChange,
}: {
  readonly condition: Condition & { kind: "text" };
  readonly field: Field | undefined;
  readonly onChange: (condition: Condition) => void;
}) {
  const offered = field?.kind === "text" ? field.values : [];
  const { values } = condition;
  return (
    <>
      <select
        aria-label="Comparison"
        value={condition.isIn ? "in" : "not"}
        onChange={({ target }) => onChange({ ...condition, isIn: target.value === "in" })}
      >
        <option value="in">is</option>
        <option value="not">is not</option>
      </select>
      <span className="chips">
        {values.map((value) => (
          <span key={value} className="chip">
            {value}
            {values.length > 1 && (
              <button
                type="button"
                aria-label={`Remove ${value}`}
                onClick={() => onChange({ ...condition, values: values.filter((each) => each !== value) })}
              >
                ×
              </button>
            )}
          </span>
        ))}
        <select
          aria-label={values.length === 0 ? "Value" : "Another value"}
          value=""
          onChange={({ target }) => {
            if (target.value !== "") onChange({ ...condition, values: [...values, target.value] });
          }}
        >
          <option value="">or…</option>
          {offered
            .filter(({ value }) => !values.includes(value))
            .map(({ value, count }) => (
              <option key={value} value={value}>
                {value} ({count})
              </option>
            ))}
        </select>
      </span>
    </>
  );
}
