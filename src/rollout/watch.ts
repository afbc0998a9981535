import {
  CloudWatchClient,
  type CloudWatchClientConfig,
  GetMetricDataCommand,
  type MetricDataQuery,
  paginateDescribeAlarms,
} from "@aws-sdk/client-cloudwatch";

/** What can be seen of a version that gets traffic. */
export interface Watch {
  /** state by name of those alarms that are there */
  alarmStates(names: readonly string[]): Promise<ReadonlyMap<string, "OK" | "ALARM" | "INSUFFICIENT_DATA">>;
  /** what one version behind an alias was called for since a moment, and how often it failed */
  traffic(of: VersionTraffic): Promise<{ readonly invocations: number; readonly errors: number }>;
}

export interface VersionTraffic {
  readonly functionName: string;
  readonly alias: string;
  readonly version: string;
  readonly since: Date;
  readonly until: Date;
}

/** The largest number of names that one call takes. */
const namesMax = 100;
const periodSeconds = 60;

export class CloudWatch implements Watch {
  readonly #client: CloudWatchClient;

  constructor(account: CloudWatchClientConfig = {}) {
    this.#client = new CloudWatchClient(account);
  }

  async alarmStates(names: readonly string[]): Promise<Map<string, "OK" | "ALARM" | "INSUFFICIENT_DATA">> {
    const states = new Map<string, "OK" | "ALARM" | "INSUFFICIENT_DATA">();
    for (let at = 0; at < names.length; at += namesMax) {
      const AlarmNames = names.slice(at, at + namesMax);
      // Without the types, composite alarms would not be among the answers.
      const query = { AlarmNames, AlarmTypes: ["MetricAlarm", "CompositeAlarm"] as const };
      const pages = paginateDescribeAlarms(
        { client: this.#client },
        { ...query, AlarmTypes: [...query.AlarmTypes] },
      );
      for await (const { MetricAlarms = [], CompositeAlarms = [] } of pages) {
        for (const { AlarmName, StateValue } of [...MetricAlarms, ...CompositeAlarms]) {
          if (AlarmName && StateValue) states.set(AlarmName, StateValue);
        }
      }
    }
    return states;
  }

  async traffic(of: VersionTraffic): Promise<{ invocations: number; errors: number }> {
    const minute = periodSeconds * 1000;
    // Whole minutes, so that the first and the last one count.
    const StartTime = new Date(Math.floor(of.since.getTime() / minute) * minute);
    const EndTime = new Date(Math.ceil(of.until.getTime() / minute) * minute);
    const { MetricDataResults = [] } = await this.#client.send(
      new GetMetricDataCommand({
        StartTime,
        EndTime,
        MetricDataQueries: [sumOf("invocations", "Invocations", of), sumOf("errors", "Errors", of)],
      }),
    );
    const total = (id: string): number =>
      MetricDataResults.filter(({ Id }) => Id === id)
        .flatMap(({ Values = [] }) => Values)
        .reduce((sum, value) => sum + value, 0);
    return { invocations: total("invocations"), errors: total("errors") };
  }
}

function sumOf(
  Id: string,
  MetricName: string,
  { functionName, alias, version }: VersionTraffic,
): MetricDataQuery {
  const Dimensions = [
    { Name: "FunctionName", Value: functionName },
    { Name: "Resource", Value: `${functionName}:${alias}` },
    { Name: "ExecutedVersion", Value: version },
  ];
  const Metric = { Namespace: "AWS/Lambda", MetricName, Dimensions };
  return { Id, MetricStat: { Metric, Period: periodSeconds, Stat: "Sum" } };
}
