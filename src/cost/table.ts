import { activityBill, bill, gateways, personalizeMonth, type Usage, usual } from "./bill.ts";
import { type PriceName, prices, pricesAsOf, region } from "./prices.ts";

const names: Record<PriceName, string> = {
  restRequests: "gateway, requests",
  httpRequests: "gateway, requests",
  functionRequests: "Lambda, requests",
  functionSeconds: "Lambda, time",
  logs: "logs",
  metrics: "metrics",
  alarms: "alarms",
  dashboards: "dashboard",
  traces: "X-Ray, at most",
  transfer: "data out",
  modelStorage: "S3, models",
  modelRequests: "S3, looks at the channel",
  imageStorage: "ECR, images",
  secret: "Secrets Manager",
  tableWrites: "DynamoDB, writes",
  tableReads: "DynamoDB, reads",
  tableStorage: "DynamoDB, storage",
  tableBackup: "DynamoDB, recovery of a week",
  streamReads: "DynamoDB, looks at the stream, at most",
  pipeRequests: "EventBridge Pipe, at most",
  firehose: "Firehose",
  archiveWrites: "S3, files of events",
  personalizeRequests: "Amazon Personalize",
};

/** Where a row of the bill has another price on another gateway. */
const kinds: Partial<Record<PriceName, string>> = {
  restRequests: "REST API, requests",
  httpRequests: "HTTP API, requests",
  traces: "X-Ray",
};

const dollars = (value: number): string => value.toFixed(2);
const row = (...cells: string[]): string => `| ${cells.join(" | ")} |`;

/** A month with requests and an idle one, on each gateway, beside Personalize's floor, and what events add: Markdown. */
export function costTables(usage: Usage = usual): string {
  return [monthTable(usage), monthTable({ ...usage, requests: 0 }), activityTable(usage), priceTable()].join(
    "\n\n",
  );
}

function monthTable(usage: Usage): string {
  const bills = gateways.map((gateway) => bill({ ...usage, gateway }));
  const labels = [...new Set(bills.flatMap(({ items }) => items.map(({ name }) => names[name])))];
  const listed = (label: string, of: number): number =>
    bills[of].items.find(({ name }) => names[name] === label)?.listed ?? 0;
  const rows = labels
    .filter((label) => gateways.some((_, of) => listed(label, of) > 0))
    .map((label) => row(label, ...gateways.map((_, of) => dollars(listed(label, of))), ""));
  const floor = dollars(personalizeMonth(usage.requests));
  const month = usage.requests === 0 ? "an idle month" : `${usage.requests.toLocaleString("en")} requests`;
  return [
    row(`${month}, $`, ...gateways, "Personalize, one campaign"),
    row("---", ...gateways.map(() => "---:"), "---:"),
    ...rows,
    row("**list price**", ...bills.map((one) => `**${dollars(one.listed)}**`), `**${floor}**`),
    row(
      "**after what is always free**",
      ...bills.map((one) => `**${dollars(one.charged)}**`),
      `**${floor}**`,
    ),
  ].join("\n");
}

function activityTable(usage: Usage): string {
  const count = (value: number): string => value.toLocaleString("en");
  const bills = [activityBill(usage), activityBill({ ...usage, requests: 0, events: 0 })];
  const rows = bills[0].items.map(({ name }, at) =>
    row(
      name === "modelStorage" ? "S3, events" : names[name],
      ...bills.map(({ items }) => dollars(items[at].listed)),
    ),
  );
  const total = (label: string, key: "listed" | "charged"): string =>
    row(`**${label}**`, ...bills.map((one) => `**${dollars(one[key])}**`));
  return [
    row(
      "`Activity=dynamodb` adds, $",
      `${count(usage.events)} events, ${count(usage.requests)} requests`,
      "an idle month",
    ),
    row("---", "---:", "---:"),
    ...rows,
    total("list price", "listed"),
    total("after what is always free", "charged"),
  ].join("\n");
}

function priceTable(): string {
  const rows = Object.entries(prices).map(([name, { dollars: each, per, unit, allowance, source }]) => {
    const label = kinds[name as PriceName] ?? names[name as PriceName];
    const free = allowance === 0 ? "" : allowance.toLocaleString("en");
    const units = per === 1 ? unit : `${per.toLocaleString("en")} ${unit}`;
    return row(label, `${each} per ${units}`, free, source);
  });
  return [
    row(`price in ${region}, $, ${pricesAsOf}`, "list", "always free each month", "published at"),
    row("---", "---", "---", "---"),
    ...rows,
  ].join("\n");
}
