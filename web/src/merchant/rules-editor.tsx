import type { RulesPreview, Shelf } from "aisle/admin";
import { firstOf } from "./filter-form.tsx";
import { writeFilter } from "./filter-text.ts";
import { NamedFilters } from "./named-filters.tsx";
import { RuleCard } from "./rule-card.tsx";
import { type Boost, type Draft, freeName, type Promotion, replaceAt, withoutAt } from "./rules-draft.ts";

type Field = Shelf["fields"][number];

interface EditorProps {
  readonly draft: Draft;
  readonly fields: readonly Field[];
  /** what the last preview says of each rule */
  readonly checked: Pick<RulesPreview, "rules" | "faults"> | undefined;
  readonly onChange: (draft: Draft) => void;
}

export function RulesEditor(props: EditorProps) {
  return (
    <div className="editor">
      <Promotions {...props} />
      <Boosts {...props} />
      <NamedFilters {...props} />
    </div>
  );
}

function Promotions({ draft, fields, checked, onChange }: EditorProps) {
  const { promotions } = draft;
  const set = (next: Promotion[]) => onChange({ ...draft, promotions: next });
  const add = () => {
    const name = freeName(
      "promotion",
      promotions.map((each) => each.name),
    );
    set([...promotions, { name, filter: firstFilter(fields), percentPromotedItems: 20 }]);
  };
  return (
    <section aria-labelledby="promotions">
      <h2 id="promotions">Promotions</h2>
      <p className="quiet small">
        Some products get a share of the places, the best for each shopper among them.
      </p>
      <ul className="rules">
        {promotions.map((rule, at) => (
          <RuleCard
            // biome-ignore lint/suspicious/noArrayIndexKey: the name is what is being edited
            key={at}
            rule={rule}
            kind="promotion"
            fields={fields}
            {...saidOf(checked, `promotions.${rule.name}`)}
            onChange={(next) => set(replaceAt(promotions, at, next))}
            onRemove={() => set(withoutAt(promotions, at))}
          >
            <label className="field">
              <span>
                Share of the places: <output>{rule.percentPromotedItems} %</output>
              </span>
              <input
                type="range"
                min={5}
                max={100}
                step={5}
                value={rule.percentPromotedItems}
                onChange={({ target }) =>
                  set(replaceAt(promotions, at, { ...rule, percentPromotedItems: target.valueAsNumber }))
                }
              />
            </label>
          </RuleCard>
        ))}
      </ul>
      <button type="button" className="button plain" onClick={add} disabled={fields.length === 0}>
        Add a promotion
      </button>
    </section>
  );
}

/** Scores are near 1 for what someone takes anyway: these are steps that one can see. */
const strengths = [
  { by: -1, name: "sink far" },
  { by: -0.25, name: "sink" },
  { by: -0.1, name: "sink a little" },
  { by: 0.1, name: "lift a little" },
  { by: 0.25, name: "lift" },
  { by: 1, name: "lift far" },
] as const;

function Boosts({ draft, fields, checked, onChange }: EditorProps) {
  const { boosts } = draft;
  const set = (next: Boost[]) => onChange({ ...draft, boosts: next });
  const add = () => {
    const name = freeName(
      "boost",
      boosts.map((each) => each.name),
    );
    set([...boosts, { name, filter: firstFilter(fields), by: 0.1 }]);
  };
  return (
    <section aria-labelledby="boosts">
      <h2 id="boosts">Boosts</h2>
      <p className="quiet small">
        Some products rise or sink in everybody's list, as far as taste lets them.
      </p>
      <ul className="rules">
        {boosts.map((rule, at) => (
          <RuleCard
            // biome-ignore lint/suspicious/noArrayIndexKey: the name is what is being edited
            key={at}
            rule={rule}
            kind="boost"
            fields={fields}
            {...saidOf(checked, `boosts.${rule.name}`)}
            onChange={(next) => set(replaceAt(boosts, at, next))}
            onRemove={() => set(withoutAt(boosts, at))}
          >
            <label className="field">
              <span>How far</span>
              <select
                value={rule.by}
                onChange={({ target }) => set(replaceAt(boosts, at, { ...rule, by: Number(target.value) }))}
              >
                {strengths.map(({ by, name }) => (
                  <option key={by} value={by}>
                    {name} ({by > 0 ? "+" : "−"}
                    {Math.abs(by)})
                  </option>
                ))}
                {!strengths.some(({ by }) => by === rule.by) && <option value={rule.by}>{rule.by}</option>}
              </select>
            </label>
          </RuleCard>
        ))}
      </ul>
      <button type="button" className="button plain" onClick={add} disabled={fields.length === 0}>
        Add a boost
      </button>
    </section>
  );
}

function firstFilter(fields: readonly Field[]): string {
  const category = fields.find(({ name }) => /category/i.test(name)) ?? fields[0];
  return writeFilter([firstOf(category)]);
}

function saidOf(checked: EditorProps["checked"], rule: string) {
  return {
    itemCount: checked?.rules.find((each) => each.rule === rule)?.itemCount,
    fault: checked?.faults.find((each) => each.rule === rule)?.reason,
  };
}
