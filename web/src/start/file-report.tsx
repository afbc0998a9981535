import { BadRows } from "./bad-rows.tsx";
import { ColumnForm } from "./column-form.tsx";
import type { FileKind, FileReading, OwnFile, ReadinessNote, ReadingSettings } from "./start-api.ts";
import { WeightForm } from "./weight-form.tsx";
import { count, roles } from "./words.ts";

interface Props {
  readonly kind: FileKind;
  readonly file: OwnFile;
  readonly isLocked: boolean;
  onSay(settings: ReadingSettings): void;
}

/** What was found in a file, and what has to be said of it before it can be used. */
export function FileReport({ kind, file, isLocked, onSay }: Props) {
  const { reading, settings } = file;
  if (reading === undefined) return null;
  const { problem, readiness, items, bad, eventTypes } = reading;
  const say = (more: ReadingSettings) => onSay({ ...settings, ...more });
  return (
    <div className="report">
      {problem && (
        <p className="problem" role="alert">
          {problem.message}
        </p>
      )}
      {readiness && <Readiness note={readiness} eventTypes={eventTypes ?? []} />}
      {items && <Items reading={reading} />}
      {problem?.about === "event types" && (
        <WeightForm names={problem.names ?? []} weights={settings.weights ?? {}} onSay={say} />
      )}
      {bad !== undefined && bad.count > 0 && (
        <BadRows
          name={file.name}
          bad={bad}
          rowCount={reading.rowCount}
          onAllow={problem?.about === "rows" && !isLocked ? () => say({ allowsBadRows: true }) : undefined}
        />
      )}
      {reading.columns.length > 0 && (
        <Columns kind={kind} reading={reading} isLocked={isLocked} onSay={say} settings={settings} />
      )}
    </div>
  );
}

function Columns(props: {
  kind: FileKind;
  reading: FileReading;
  settings: ReadingSettings;
  isLocked: boolean;
  onSay(settings: ReadingSettings): void;
}) {
  const { kind, reading, settings, isLocked, onSay } = props;
  const labels = new Map(roles[kind].map(({ role, label }) => [role, label]));
  const isUnclear = reading.problem?.about === "columns";
  const understood = Object.entries(reading.understood);
  const unused = reading.columns.filter(({ name }) => !Object.values(reading.understood).includes(name));
  return (
    <details open={isUnclear} className="columns">
      <summary>
        {isUnclear
          ? "Say which column is what"
          : `${understood.length} of ${reading.columns.length} columns understood`}
      </summary>
      {!isUnclear && (
        <dl>
          {understood.map(([role, column]) => (
            <div key={role}>
              <dt>{labels.get(role) ?? role}</dt>
              <dd>{column}</dd>
            </div>
          ))}
          {unused.length > 0 && (
            <div>
              <dt>{kind === "items" ? "Kept to filter on" : "Not used"}</dt>
              <dd>{unused.map(({ name }) => name).join(", ")}</dd>
            </div>
          )}
        </dl>
      )}
      <ColumnForm kind={kind} reading={reading} settings={settings} isLocked={isLocked} onSay={onSay} />
    </details>
  );
}

function Readiness({
  note,
  eventTypes,
}: {
  note: ReadinessNote;
  eventTypes: FileReading["eventTypes"] & object;
}) {
  const figures: readonly (readonly [string, string])[] = [
    [count(note.events), "events"],
    [count(note.users), "shoppers"],
    [count(note.items), "items"],
    ...(note.days === undefined ? [] : [[count(Math.round(note.days)), "days"] as const]),
  ];
  return (
    <>
      <Figures figures={figures} />
      <p className="small quiet">
        {eventTypes.map(({ name, count: times }) => `${name} ${count(times)}`).join(" · ")}
        {note.repeatShare >= 0.005 && ` · ${Math.round(note.repeatShare * 100)} % come back to the same item`}
      </p>
      {note.warnings.length === 0 ? (
        <p className="good">Enough for personal rows, and to tell a good model from a bad one.</p>
      ) : (
        <ul className="warnings">
          {note.warnings.map((warning) => (
            <li key={warning}>{warning}</li>
          ))}
        </ul>
      )}
    </>
  );
}

function Items({ reading: { items } }: { reading: FileReading }) {
  if (items === undefined) return null;
  const { count: total, withPrice, withImage, categories, duplicates, titles } = items;
  const figures: readonly (readonly [string, string])[] = [
    [count(total), "products"],
    [count(withPrice), "with a price"],
    [count(withImage), "with a picture"],
    [count(categories), categories === 1 ? "category" : "categories"],
  ];
  return (
    <>
      <Figures figures={figures} />
      <p className="small quiet">
        {titles.join(" · ")} …
        {duplicates > 0 && ` ${count(duplicates)} ids came twice; the last line counts.`}
      </p>
      {withImage === 0 && <p className="good">No pictures: cards set the title large instead.</p>}
    </>
  );
}

function Figures({ figures }: { figures: readonly (readonly [string, string])[] }) {
  return (
    <dl className="figures">
      {figures.map(([figure, label]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{figure}</dd>
        </div>
      ))}
    </dl>
  );
}
