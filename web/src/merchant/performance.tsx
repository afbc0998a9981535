import type { Outcomes } from "aisle/admin";
import { lazy, Suspense, useMemo, useState } from "react";
import { AdminProblem } from "./admin-client.ts";
import type { IntervalRow } from "./interval-plot.tsx";
import { ScrollBox } from "./scroll-box.tsx";
import { Empty, Loaded, Skeleton } from "./states.tsx";
import { useAsked } from "./use-asked.ts";
import { kindOfRow, number, percent, price } from "./words.ts";

const IntervalPlot = lazy(() => import("./interval-plot.tsx"));

type Group = Outcomes["groups"][number];
type Measured = Group["clickThrough"];

const periods = [7, 30, 90] as const;

const tables = [
  { by: "row", title: "By kind of row", heading: "Row" },
  { by: "arm", title: "By arm of an experiment", heading: "Arm" },
  { by: "model", title: "By model", heading: "Model" },
] as const;

export function Performance() {
  const [days, setDays] = useState<number>(7);
  const asked = useAsked<Outcomes>(`attribution?days=${days}`);
  const isUnkept = asked.error instanceof AdminProblem && asked.error.status === 501;
  return (
    <>
      <div className="title">
        <h1>Performance</h1>
        <p className="quiet">What came of the rows that shoppers were shown: clicks, carts and purchases.</p>
      </div>
      <fieldset className="choice">
        <legend className="heard">Period</legend>
        {periods.map((each) => (
          <label key={each}>
            <input type="radio" name="days" checked={days === each} onChange={() => setDays(each)} />
            <span>{each} days</span>
          </label>
        ))}
      </fieldset>
      {isUnkept ? (
        <Empty title="Nothing is kept">
          <p>
            This server keeps no activity, so that nobody knows what was shown and clicked. AISLE_EVENTS names
            a store.
          </p>
        </Empty>
      ) : (
        <Loaded asked={asked} lines={5}>
          {(outcomes) => <Shown outcomes={outcomes} />}
        </Loaded>
      )}
    </>
  );
}

function Shown({
  outcomes: { groups, answers, outcomes, owed, switched, days },
}: {
  readonly outcomes: Outcomes;
}) {
  const all = groups.find(({ by }) => by === "all");
  if (all === undefined) {
    return (
      <Empty title={`Nothing was shown in the last ${days} days`}>
        <p>
          As soon as somebody is shown rows, they are here. <a href="/">Open the shop</a> and click a few
          products.
        </p>
      </Empty>
    );
  }
  return (
    <>
      <dl className="facts">
        <Fact name="Rows clicked" value={share(all.clickThrough)} range={rangeOf(all.clickThrough)} />
        <Fact name="Put into the cart" value={share(all.addToCart)} range={rangeOf(all.addToCart)} />
        <Fact name="Purchases" value={number(all.purchases)} range={`of ${number(all.users)} shoppers`} />
        <Fact
          name="Revenue for 1,000 rows"
          value={amount(all.revenuePerThousand)}
          range={moneyRange(all.revenuePerThousand)}
        />
      </dl>
      <p className="quiet small">
        {number(answers)} answers showed {number(all.shown)} products; {number(owed)} of {number(outcomes)}{" "}
        clicks, carts and purchases followed from one of them.
        {switched > 0 && ` ${number(switched)} shoppers saw more than one arm and count in the first.`}
      </p>
      {tables.map(({ by, ...names }) => (
        <GroupTable key={by} {...names} by={by} groups={groups.filter((group) => group.by === by)} />
      ))}
    </>
  );
}

function Fact({
  name,
  value,
  range,
}: {
  readonly name: string;
  readonly value: string;
  readonly range: string;
}) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {value}
        <span className="quiet small block">{range}</span>
      </dd>
    </div>
  );
}

function GroupTable({
  title,
  heading,
  by,
  groups,
}: {
  readonly title: string;
  readonly heading: string;
  readonly by: Group["by"];
  readonly groups: readonly Group[];
}) {
  const rows = useMemo(() => plotRows(groups, by), [groups, by]);
  if (groups.length === 0) return null;
  const hasSpent = groups.some(({ revenuePerUser }) => revenuePerUser);
  return (
    <section className="panel" aria-labelledby={`by-${by}`}>
      <h2 id={`by-${by}`}>{title}</h2>
      {rows.length > 1 && (
        <Suspense fallback={<Skeleton lines={3} />}>
          <IntervalPlot
            rows={rows}
            title={`Share of rows clicked, ${title.toLowerCase()}`}
            axis="Share of the rows shown that were clicked"
          />
        </Suspense>
      )}
      <ScrollBox label={`${title}, as a table`}>
        <table>
          <thead>
            <tr>
              <th scope="col">{heading}</th>
              <th scope="col">Shown</th>
              <th scope="col">Clicked</th>
              <th scope="col">Into the cart</th>
              <th scope="col">Purchases</th>
              <th scope="col">Revenue for 1,000</th>
              {hasSpent && <th scope="col">Revenue for a shopper</th>}
            </tr>
          </thead>
          <tbody>
            {groups.map((group) => (
              <tr key={group.name}>
                <th scope="row">{nameOf(group)}</th>
                <td>{number(group.shown)}</td>
                <Cell value={share(group.clickThrough)} range={rangeOf(group.clickThrough)} />
                <Cell value={share(group.addToCart)} range={rangeOf(group.addToCart)} />
                <td>{number(group.purchases)}</td>
                <Cell value={amount(group.revenuePerThousand)} range={moneyRange(group.revenuePerThousand)} />
                {hasSpent && group.revenuePerUser && (
                  <Cell value={amount(group.revenuePerUser)} range={moneyRange(group.revenuePerUser)} />
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
    </section>
  );
}

function Cell({ value, range }: { readonly value: string; readonly range: string }) {
  return (
    <td>
      {value}
      <span className="quiet small block">{range}</span>
    </td>
  );
}

function plotRows(groups: readonly Group[], by: Group["by"]): IntervalRow[] {
  return groups.flatMap((group) => {
    const { value, low, high } = group.clickThrough;
    if (value === null || low === null || high === null) return [];
    return [{ label: nameOf(group), value, low, high, isMarked: by === "row" && group.name === "als" }];
  });
}

function nameOf({ by, name }: Group): string {
  return by === "row" ? kindOfRow(name) : name;
}

const share = ({ value }: Measured): string => (value === null ? "–" : percent(value));
const amount = ({ value }: Measured): string => (value === null ? "–" : price(value));

function rangeOf({ low, high }: Measured): string {
  return low === null || high === null || low === high ? "" : `${percent(low)} to ${percent(high)}`;
}

function moneyRange({ low, high }: Measured): string {
  return low === null || high === null || low === high ? "" : `${price(low)} to ${price(high)}`;
}
