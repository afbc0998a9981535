import type { RulesCost } from "aisle/admin";
import { useEffect, useState } from "react";
import { ask } from "./admin-client.ts";
import type { Draft } from "./rules-draft.ts";
import { Failure, Skeleton } from "./states.tsx";
import { percent, signed, signedRange } from "./words.ts";

type Change = RulesCost["all"];

/** What a draft costs and buys, measured when this is shown. */
export function CostOfRules({ draft }: { readonly draft: Draft }) {
  const [cost, setCost] = useState<RulesCost>();
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    const asking = new AbortController();
    setCost(undefined);
    setError(undefined);
    ask<RulesCost>("rules/cost", { method: "POST", body: { rules: draft }, signal: asking.signal }).then(
      setCost,
      (failure) => {
        if (!asking.signal.aborted) setError(failure);
      },
    );
    return () => asking.abort();
  }, [draft]);
  if (error !== undefined) return <Failure error={error} />;
  if (cost === undefined) {
    return (
      <div className="cost">
        <p className="quiet">Measuring what it costs…</p>
        <Skeleton lines={2} />
      </div>
    );
  }
  return (
    <div className="cost" data-testid="cost">
      <dl className="facts">
        <CostFacts change={cost.change} />
      </dl>
      <p className="quiet small">
        Against the rules that are live. All rules together, against none at all: {words(cost.all)}.
      </p>
      {cost.each.length > 1 && <EachRule each={cost.each} />}
      <p className="quiet small">{cost.measuredOn}</p>
    </div>
  );
}

function CostFacts({ change: { ndcg, coverage, changedLists, k } }: { readonly change: Change }) {
  const relative = ndcg.relative;
  const isCostly = relative !== undefined && relative.high < 0;
  const isGain = relative !== undefined && relative.low > 0;
  const reach = coverage.after - coverage.before;
  return (
    <>
      <div>
        <dt>How well lists hit</dt>
        <dd className={isCostly ? "bad" : isGain ? "good" : ""}>
          {relative === undefined ? "–" : signed(relative.value)}
          <span className="quiet small block">
            {relative === undefined
              ? "nothing is found either way"
              : isCostly || isGain
                ? `${signedRange(relative)} (NDCG@${k})`
                : `no difference to be seen: ${signedRange(relative)} (NDCG@${k})`}
          </span>
        </dd>
      </div>
      <div>
        <dt>Products that somebody sees</dt>
        <dd>
          {percent(coverage.after)}
          <span className="quiet small block">
            {reach === 0 ? "as before" : `${percent(coverage.before)} before`} (coverage@{k})
          </span>
        </dd>
      </div>
      <div>
        <dt>Lists that change</dt>
        <dd>{percent(changedLists, 0)}</dd>
      </div>
    </>
  );
}

function EachRule({ each }: { readonly each: RulesCost["each"] }) {
  return (
    <details>
      <summary>What each rule costs alone</summary>
      <ul>
        {each.map((change) => (
          <li key={change.rule} className="small">
            <code>{change.rule.replace(".", " ")}</code>: {words(change)}
          </li>
        ))}
      </ul>
    </details>
  );
}

function words({ ndcg, coverage }: Change): string {
  const hits = ndcg.relative ? `${signed(ndcg.relative.value)} hits` : "no hits either way";
  return `${hits}, ${percent(coverage.before)} → ${percent(coverage.after)} of the products`;
}
