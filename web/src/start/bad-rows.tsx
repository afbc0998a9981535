import type { BadRowsNote } from "./start-api.ts";
import { count } from "./words.ts";

interface Props {
  readonly name: string;
  readonly bad: BadRowsNote;
  readonly rowCount: number | undefined;
  /** absent where they are left out already */
  readonly onAllow: (() => void) | undefined;
}

/** Rows that cannot be used, each with its line and why. */
export function BadRows({ name, bad, rowCount, onAllow }: Props) {
  const of = rowCount === undefined ? "" : ` of ${count(rowCount)}`;
  return (
    <div className="bad-rows">
      <details open={onAllow !== undefined}>
        <summary>
          {count(bad.count)}
          {of} rows {onAllow ? "cannot be used" : "are left out"}
        </summary>
        <ol>
          {bad.examples.map(({ line, reason }) => (
            <li key={line}>
              <code>
                {name}: line {line}
              </code>{" "}
              {reason}
            </li>
          ))}
        </ol>
        {bad.count > bad.examples.length && (
          <p className="small quiet">These are the first {bad.examples.length}.</p>
        )}
      </details>
      {onAllow && (
        <button type="button" className="button plain" onClick={onAllow}>
          Leave them out
        </button>
      )}
    </div>
  );
}
