import { activityQuantities } from "./activity-usage.ts";
import { type Price, type PriceName, prices } from "./prices.ts";

/** What stands before the function. */
export const gateways = ["REST API", "HTTP API", "Function URL"] as const;
export type Gateway = (typeof gateways)[number];

/** A month of one shop. */
export interface Usage {
  readonly requests: number;
  /** posted, where events are kept */
  readonly events: number;
  readonly gateway: Gateway;
  /** MB of the function */
  readonly memory: number;
  /** billed for a warm request */
  readonly milliseconds: number;
  /** requests that start a container, and what that bills beside the request */
  readonly coldShare: number;
  readonly coldMilliseconds: number;
  /** what leaves for one request: the answer, and lines in the log of function, platform and gateway */
  readonly answerBytes: number;
  readonly lineBytes: number;
  readonly gatewayLineBytes: number;
  /** a month, of what is kept */
  readonly modelGb: number;
  readonly imageGb: number;
  /** containers that look at the channel every 30 s all month, where there are requests at all */
  readonly watching: number;
  readonly alarms: number;
  readonly dashboards: number;
  readonly metrics: number;
  readonly secrets: number;
}

/** A small shop on the template as it is: docs/cost.md says where each comes from. */
export const usual: Usage = {
  ...{ requests: 1e6, events: 1e6, gateway: "REST API", memory: 1769, milliseconds: 5 },
  ...{ coldShare: 0.005, coldMilliseconds: 400, answerBytes: 4000 },
  ...{ lineBytes: 1200, gatewayLineBytes: 300, modelGb: 1, imageGb: 0.6, watching: 2 },
  ...{ alarms: 10, dashboards: 1, metrics: 9, secrets: 1 },
};

export interface BillItem {
  readonly name: PriceName;
  readonly quantity: number;
  readonly unit: string;
  /** by the list */
  readonly listed: number;
  /** after what is always free, if nothing else in the account uses it up */
  readonly charged: number;
}

export interface Bill {
  readonly items: readonly BillItem[];
  readonly listed: number;
  readonly charged: number;
}

const hoursOfMonth = 730;
const secondsOfMonth = hoursOfMonth * 3600;
const gb = 1e9;

/** What a month costs, item by item; nothing is left out because it is small. */
export function bill(usage: Usage): Bill {
  const items = Object.entries(quantities(usage)).map(([name, quantity]) =>
    itemOf(name as PriceName, quantity),
  );
  return totalled(items);
}

/** What comes to the bill where events are kept, after what the rest leaves of what is free. */
export function activityBill(usage: Usage): Bill {
  const rest = quantities(usage);
  const items = Object.entries(activityQuantities(usage)).map(([key, quantity]) => {
    const name = key as PriceName;
    const without = itemOf(name, rest[name] ?? 0);
    const together = itemOf(name, without.quantity + quantity);
    const listed = together.listed - without.listed;
    return { ...together, quantity, listed, charged: together.charged - without.charged };
  });
  return totalled(items);
}

function totalled(items: readonly BillItem[]): Bill {
  return {
    items,
    listed: sum(items.map(({ listed }) => listed)),
    charged: sum(items.map(({ charged }) => charged)),
  };
}

function quantities(usage: Usage): Partial<Record<PriceName, number>> {
  const { requests, gateway, memory } = usage;
  const isIdle = requests === 0;
  const seconds = (requests * (usage.milliseconds + usage.coldShare * usage.coldMilliseconds)) / 1000;
  const gatewayLine = gateway === "Function URL" ? 0 : usage.gatewayLineBytes;
  return {
    ...(gateway === "REST API" ? { restRequests: requests } : {}),
    ...(gateway === "HTTP API" ? { httpRequests: requests } : {}),
    functionRequests: requests,
    functionSeconds: seconds * (memory / 1024),
    logs: (requests * (usage.lineBytes + gatewayLine)) / gb,
    // A metric costs by the hours in which it is told.
    metrics: isIdle ? 0 : usage.metrics,
    alarms: usage.alarms,
    dashboards: usage.dashboards,
    traces: tracesOf(requests),
    transfer: (requests * usage.answerBytes) / gb,
    modelStorage: usage.modelGb,
    modelRequests: isIdle ? 0 : (usage.watching * secondsOfMonth) / 30,
    imageStorage: usage.imageGb,
    secret: usage.secrets,
  };
}

/** X-Ray's default rule takes the first request of each second and a twentieth of the others: at most this many. */
function tracesOf(requests: number): number {
  const first = Math.min(requests, secondsOfMonth);
  return first + (requests - first) / 20;
}

function itemOf(name: PriceName, quantity: number): BillItem {
  const price: Price = prices[name];
  const cost = (units: number): number => (units / price.per) * price.dollars;
  return {
    ...{ name, quantity, unit: price.unit },
    listed: cost(quantity),
    charged: cost(Math.max(0, quantity - price.allowance)),
  };
}

/** One campaign of Amazon Personalize: at least one request a second is billed, asked or not. */
export function personalizeMonth(requests: number): number {
  const { dollars, per } = prices.personalizeRequests;
  return (Math.max(requests, secondsOfMonth) / per) * dollars;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
