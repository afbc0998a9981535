import type { RequestRecord } from "../http/request-trace.ts";
import { type LogFields, log } from "../log.ts";
import type { Serving } from "../serving/serving.ts";

/** The part of serving that the gauges are read from. */
export type Served = Pick<Serving, "loaded" | "swapFailureCount">;

type Unit = "Count" | "Milliseconds" | "Microseconds" | "None";
type Metrics = Readonly<Record<string, readonly [value: number, unit: Unit]>>;

const gaugeEveryMs = 60_000;
const hourMs = 3_600_000;

/**
 * The line that a request leaves in CloudWatch: the record of it and, in the same line, its metrics in the embedded
 * metric format, which CloudWatch reads off without a call. Ages change slowly, so that a container tells them once
 * a minute.
 */
export function requestLines(channel: string, served: Served, now: () => number = Date.now) {
  let toldAt = Number.NEGATIVE_INFINITY;
  let toldFailures = 0;
  return (record: RequestRecord): void => {
    const time = now();
    let metrics: Metrics = requestMetrics(record);
    if (time - toldAt >= gaugeEveryMs) {
      const failures = served.swapFailureCount;
      metrics = { ...metrics, ...ages(served, time), SwapFailures: [failures - toldFailures, "Count"] };
      toldAt = time;
      toldFailures = failures;
    }
    log.request({ ...record, ...embedded(channel, metrics, time) });
  };
}

/** What CloudWatch is told of a request that no application could answer. */
export function failedRequestLine(channel: string, requestId: string, status: number): void {
  const metrics: Metrics = { Requests: [1, "Count"], Errors: [1, "Count"] };
  log.request({ requestId, status, ...embedded(channel, metrics, Date.now()) });
}

/** Fallbacks averages to their share of the personal questions, so that no other request dilutes it. */
function requestMetrics(record: RequestRecord): Metrics {
  const { status, milliseconds, isFallback, scoringMicroseconds } = record;
  return {
    Requests: [1, "Count"],
    Errors: [status >= 500 ? 1 : 0, "Count"],
    LatencyMilliseconds: [milliseconds, "Milliseconds"],
    ...(scoringMicroseconds === undefined
      ? {}
      : { ScoringMicroseconds: [scoringMicroseconds, "Microseconds"] }),
    ...(isFallback === undefined ? {} : { Fallbacks: [isFallback ? 1 : 0, "Count"] }),
  };
}

function ages({ loaded }: Served, time: number): Metrics {
  if (loaded === undefined) return {};
  const { trainedAt, catalogVersion } = loaded.parts;
  const made = {
    ModelAgeHours: trainedAt === undefined ? Number.NaN : Date.parse(trainedAt),
    NewestEventAgeHours: loaded.model.now > 0 ? loaded.model.now * 1000 : Number.NaN,
    CatalogAgeHours: catalogVersion === undefined ? Number.NaN : momentIn(catalogVersion),
  };
  const known = Object.entries(made).filter(([, moment]) => !Number.isNaN(moment));
  return Object.fromEntries(
    known.map(([name, moment]) => [name, [Math.max(0, (time - moment) / hourMs), "None"] as const]),
  );
}

/** A version's name begins with when it was made: `20261124T210500Z-…`. */
function momentIn(version: string): number {
  return Date.parse(version.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z.*$/, "$1-$2-$3T$4:$5:$6Z"));
}

function embedded(channel: string, metrics: Metrics, time: number): LogFields {
  const entries = Object.entries(metrics);
  const directive = {
    Namespace: "aisle",
    Dimensions: [["Channel"]],
    Metrics: entries.map(([name, [, unit]]) => ({ Name: name, Unit: unit })),
  };
  return {
    _aws: { Timestamp: time, CloudWatchMetrics: [directive] },
    Channel: channel,
    ...Object.fromEntries(entries.map(([name, [value]]) => [name, value])),
  };
}
