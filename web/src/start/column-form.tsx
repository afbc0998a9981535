import { type FormEvent, useId } from "react";
import type { FileKind, FileReading, ReadingSettings } from "./start-api.ts";
import { roles } from "./words.ts";

interface Props {
  readonly kind: FileKind;
  readonly reading: FileReading;
  readonly settings: ReadingSettings;
  readonly isLocked: boolean;
  onSay(settings: ReadingSettings): void;
}

/** Which column says what: as it was understood, to be changed. */
export function ColumnForm({ kind, reading, settings, isLocked, onSay }: Props) {
  const id = useId();
  const say = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const chosen = new FormData(event.currentTarget);
    // Roles whose column is none of the understood ones stay unsaid, so that names are understood as ever.
    const columns = roles[kind].flatMap(({ role }) => {
      const column = String(chosen.get(role) ?? "");
      const isAsUnderstood = column === (reading.understood[role] ?? "");
      return isAsUnderstood && settings.columns?.[role] === undefined ? [] : [[role, column]];
    });
    onSay({ columns: Object.fromEntries(columns) });
  };
  const missing = new Set(reading.problem?.about === "columns" ? reading.problem.names : []);
  return (
    <form className="column-form" onSubmit={say}>
      <fieldset disabled={isLocked}>
        {roles[kind].map(({ role, label, isNeeded }) => (
          <p key={role} data-missing={missing.has(role) || undefined}>
            <label htmlFor={id + role}>{label}</label>
            <select
              id={id + role}
              name={role}
              required={isNeeded}
              defaultValue={reading.understood[role] ?? ""}
            >
              <option value="">{isNeeded ? "choose a column" : "no column says it"}</option>
              {reading.columns.map(({ name, samples }) => (
                <option key={name} value={name}>
                  {name}
                  {samples.some((sample) => sample !== "") && ` (${samples.join(", ").slice(0, 60)})`}
                </option>
              ))}
            </select>
          </p>
        ))}
        <button type="submit" className="button plain">
          Read it so
        </button>
      </fieldset>
    </form>
  );
}
