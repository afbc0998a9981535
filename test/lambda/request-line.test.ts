import { beforeEach, expect, it, vi } from "vitest";
import type { RequestRecord } from "../../src/http/request-trace.ts";
import { failedRequestLine, requestLines, type Served } from "../../src/lambda/request-line.ts";
import { log } from "../../src/log.ts";
import type { Snapshot } from "../../src/serving/snapshot.ts";

const lines: Record<string, unknown>[] = [];
vi.spyOn(log, "request").mockImplementation((fields) => void lines.push(JSON.parse(JSON.stringify(fields))));
beforeEach(() => {
  lines.length = 0;
});

const noon = Date.UTC(2026, 10, 24, 12);
const snapshot = {
  model: { now: noon / 1000 - 6 * 3600 },
  parts: { trainedAt: "2026-11-24T09:00:00Z", catalogVersion: "20261124T113000Z-0123456789ab" },
} as unknown as Snapshot;
const record: RequestRecord = {
  ...{ requestId: "r", method: "GET", route: "/recommendations", status: 200, milliseconds: 1.25 },
  ...{ isFallback: true, scoringMicroseconds: 300 },
};

interface Directive {
  readonly Namespace: string;
  readonly Dimensions: string[][];
  readonly Metrics: { readonly Name: string; readonly Unit: string }[];
}

/** Name → value and unit, read as CloudWatch reads the line. */
function metricsOf(line: Record<string, unknown>): Record<string, string> {
  const { Timestamp, CloudWatchMetrics } = line._aws as { Timestamp: number; CloudWatchMetrics: Directive[] };
  expect(Number.isInteger(Timestamp)).toBe(true);
  const [{ Namespace, Dimensions, Metrics }] = CloudWatchMetrics;
  expect([Namespace, Dimensions, line.Channel]).toEqual(["aisle", [["Channel"]], "production"]);
  for (const { Name } of Metrics) expect(line[Name]).toEqual(expect.any(Number));
  return Object.fromEntries(Metrics.map(({ Name, Unit }) => [Name, `${line[Name]} ${Unit}`]));
}

it("carries the record and its metrics in one line, ages and failed swaps once a minute", () => {
  let time = noon;
  const served: { loaded: Snapshot; swapFailureCount: number } = { loaded: snapshot, swapFailureCount: 2 };
  const tell = requestLines("production", served, () => time);
  tell(record);
  served.swapFailureCount = 5;
  time += 59_000;
  tell({ ...record, status: 503, isFallback: false });
  time += 1000;
  tell(record);
  expect(lines[0]).toMatchObject(record);
  const often = {
    ...{ Requests: "1 Count", Errors: "0 Count", Fallbacks: "1 Count" },
    ...{ LatencyMilliseconds: "1.25 Milliseconds", ScoringMicroseconds: "300 Microseconds" },
  };
  const ages = { ModelAgeHours: "3 None", NewestEventAgeHours: "6 None", CatalogAgeHours: "0.5 None" };
  expect(metricsOf(lines[0])).toEqual({ ...often, ...ages, SwapFailures: "2 Count" });
  expect(metricsOf(lines[1])).toEqual({ ...often, Errors: "1 Count", Fallbacks: "0 Count" });
  expect(metricsOf(lines[2])).toMatchObject({ SwapFailures: "3 Count" });
});

it("tells no age that is not known", () => {
  const { isFallback: _, scoringMicroseconds: __, ...bare } = record;
  const bareSnapshot = { model: { now: 0 }, parts: {} } as unknown as Snapshot;
  for (const loaded of [undefined, bareSnapshot]) {
    const served: Served = { loaded, swapFailureCount: 0 };
    requestLines("production", served, () => noon)(bare);
  }
  const names = ["Requests", "Errors", "LatencyMilliseconds", "SwapFailures"];
  expect(lines.map((line) => Object.keys(metricsOf(line)))).toEqual([names, names]);
});

it("counts as an error what no application could answer", () => {
  failedRequestLine("production", "r", 503);
  expect(lines[0]).toMatchObject({ requestId: "r", status: 503 });
  expect(metricsOf(lines[0])).toEqual({ Requests: "1 Count", Errors: "1 Count" });
});
