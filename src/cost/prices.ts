/** A list price, what AWS always leaves free of it each month in an account, and where both are published. */
export interface Price {
  readonly dollars: number;
  readonly per: number;
  readonly unit: string;
  /** units a month that cost nothing, in every account and not only in its first year */
  readonly allowance: number;
  readonly source: string;
}

export const region = "us-east-1";
/** when the prices were put down here, which nothing updates by itself */
export const pricesAsOf = "2026-11";

const page = (service: string): string => `https://aws.amazon.com/${service}/pricing/`;

const price = (service: string, dollars: number, unit: string, { per = 1, allowance = 0 } = {}): Price => ({
  ...{ dollars, per, unit, allowance },
  source: page(service),
});

const million = 1e6;

/** x86_64, the first tier of each, without anything that is free only in an account's first year. */
export const prices = {
  restRequests: price("api-gateway", 3.5, "requests", { per: million }),
  httpRequests: price("api-gateway", 1, "requests", { per: million }),
  functionRequests: price("lambda", 0.2, "requests", { per: million, allowance: million }),
  functionSeconds: price("lambda", 0.0000166667, "GB-s", { allowance: 400_000 }),
  logs: price("cloudwatch", 0.5, "GB", { allowance: 5 }),
  metrics: price("cloudwatch", 0.3, "metric", { allowance: 10 }),
  alarms: price("cloudwatch", 0.1, "alarm", { allowance: 10 }),
  dashboards: price("cloudwatch", 3, "dashboard", { allowance: 3 }),
  traces: price("xray", 5, "traces", { per: million, allowance: 100_000 }),
  transfer: price("ec2/on-demand", 0.09, "GB", { allowance: 100 }),
  modelStorage: price("s3", 0.023, "GB"),
  modelRequests: price("s3", 0.0004, "requests", { per: 1000 }),
  imageStorage: price("ecr", 0.1, "GB"),
  secret: price("secrets-manager", 0.4, "secret"),
  tableWrites: price("dynamodb/on-demand", 0.625, "write units", { per: million }),
  tableReads: price("dynamodb/on-demand", 0.125, "read units", { per: million }),
  tableStorage: price("dynamodb/on-demand", 0.25, "GB", { allowance: 25 }),
  tableBackup: price("dynamodb/on-demand", 0.2, "GB"),
  streamReads: price("dynamodb/on-demand", 0.02, "reads", { per: 100_000, allowance: 2_500_000 }),
  pipeRequests: price("eventbridge", 0.4, "requests", { per: million }),
  firehose: price("firehose", 0.029, "GB"),
  archiveWrites: price("s3", 0.005, "writes", { per: 1000 }),
  personalizeRequests: price("personalize", 0.0556, "requests", { per: 1000 }),
} as const satisfies Record<string, Price>;

export type PriceName = keyof typeof prices;
