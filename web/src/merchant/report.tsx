import type { Runs } from "aisle/admin";
import { Empty, Loaded } from "./states.tsx";
import { useAsked } from "./use-asked.ts";

/** The report is a page of its own; in a frame without rights it can reach nothing of this one. */
export function Report({ hasReport }: { readonly hasReport: boolean }) {
  const runs = useAsked<Runs>("runs");
  return (
    <>
      <div className="title">
        <h1>Report</h1>
        <p className="quiet">
          The last training run: what each setting was worth, and what the data looks like.
        </p>
      </div>
      <Loaded asked={runs} lines={5}>
        {({ runs: { length } }) =>
          hasReport && length > 0 ? (
            <iframe className="report" title="Experiment report" src="/admin/report" sandbox="" />
          ) : (
            <Empty title="No report yet">
              <p>
                It appears with the first training run that is recorded: <code>npx aisle train</code>.
              </p>
            </Empty>
          )
        }
      </Loaded>
    </>
  );
}
