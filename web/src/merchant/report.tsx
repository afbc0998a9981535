import { useEffect, useState } from "react";
import { apiBase } from "../settings.ts";
import { Empty, Skeleton } from "./states.tsx";

const address = `${apiBase}/admin/report`;

/** The report brings scripts of its own: in a frame without an origin they can reach nothing of this page. */
export function Report({ hasReport }: { readonly hasReport: boolean }) {
  const [isThere, setThere] = useState<boolean | undefined>(hasReport ? undefined : false);
  useEffect(() => {
    if (!hasReport) return;
    const asking = new AbortController();
    fetch(address, { signal: asking.signal, credentials: "same-origin" }).then(
      async (response) => {
        await response.body?.cancel();
        setThere(response.ok);
      },
      () => {},
    );
    return () => asking.abort();
  }, [hasReport]);
  return (
    <>
      <div className="title">
        <h1>Report</h1>
        <p className="quiet">
          Every training run, what each setting was worth, and what the data looks like.
        </p>
      </div>
      {isThere === undefined && <Skeleton lines={5} />}
      {isThere === false && (
        <Empty title="No report yet">
          <p>
            It appears with the first training run that is recorded: <code>npx aisle train</code>.
          </p>
        </Empty>
      )}
      {isThere && (
        <iframe className="report" title="Experiment report" src={address} sandbox="allow-scripts" />
      )}
    </>
  );
}
