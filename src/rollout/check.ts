import type { Functions } from "../functions/functions.ts";
import type { Manifest } from "../registry/manifest.ts";

/** What a version has to keep to before it gets traffic. */
export interface CheckLimits {
  /** the median of the answers after the first, which begins with a cold start */
  readonly latencyMsMax: number;
  /** mean share of the expected items that are answered; the catalogue of today may hide some of them */
  readonly overlapMin: number;
}

export const checkLimits: CheckLimits = { latencyMsMax: 2000, overlapMin: 0.5 };

export interface CheckOrder extends Partial<CheckLimits> {
  readonly functionName: string;
  readonly version: string;
  /** the model that it must answer from, with what that answered when it was made */
  readonly model: string;
  readonly golden: Manifest["golden"];
}

export interface CheckReport {
  readonly ok: boolean;
  readonly requestCount: number;
  /** of the answers after the first */
  readonly latencyMsMedian: number;
  /** the first answer, cold start included */
  readonly latencyMsFirst: number;
  /** 0 to 1, the mean over requests that expect something */
  readonly overlap: number;
  /** sentences that say what is wrong; empty where it is ok */
  readonly faults: string[];
}

interface Golden {
  readonly userId?: string | undefined;
  readonly items: readonly string[];
}

interface Answered {
  readonly milliseconds: number;
  /** share of the expected items; `undefined` where nothing is expected */
  readonly overlap?: number | undefined;
  readonly fault?: string | undefined;
}

/** Without golden requests a stranger is still answered. */
const stranger: Golden = { items: [] };

/**
 * Calls a version with its model's golden requests: status, count, which model answers, how fast, and how much is
 * as it was when the model was made. Ids of users stand in no fault.
 * @throws FunctionsError where the version cannot be called at all
 */
export async function checkVersion(
  functions: Pick<Functions, "invoke">,
  order: CheckOrder,
  clock: () => number = () => performance.now(),
): Promise<CheckReport> {
  const { latencyMsMax, overlapMin } = { ...checkLimits, ...order };
  const golden: readonly Golden[] = order.golden.length > 0 ? order.golden : [stranger];
  // The first answer is asked for once more: only the second time says how fast this version is.
  const answers: Answered[] = [];
  for (const request of [golden[0], ...golden]) answers.push(await ask(functions, order, request, clock));
  const [first, ...warm] = answers;
  const latencyMsMedian = median(warm.map(({ milliseconds }) => milliseconds));
  const overlaps = warm.flatMap(({ overlap }) => (overlap === undefined ? [] : [overlap]));
  const overlap =
    overlaps.length === 0 ? 1 : overlaps.reduce((sum, share) => sum + share, 0) / overlaps.length;
  const faults = [...new Set(answers.flatMap(({ fault }) => fault ?? []))];
  if (faults.length === 0 && latencyMsMedian > latencyMsMax) {
    faults.push(
      `half of the answers take ${Math.round(latencyMsMedian)} ms or more, ${latencyMsMax} ms are allowed`,
    );
  }
  if (faults.length === 0 && overlap < overlapMin) {
    const share = (value: number): string => `${Math.round(value * 100)} %`;
    faults.push(
      `only ${share(overlap)} of the expected items are answered, ${share(overlapMin)} are required`,
    );
  }
  return {
    ok: faults.length === 0,
    requestCount: golden.length,
    latencyMsMedian: Math.round(latencyMsMedian),
    latencyMsFirst: Math.round(first.milliseconds),
    overlap,
    faults,
  };
}

/** Items that a golden request asks for where it expects none. */
const countDefault = 10;

async function ask(
  functions: Pick<Functions, "invoke">,
  { functionName, version, model }: CheckOrder,
  { userId, items }: Golden,
  clock: () => number,
): Promise<Answered> {
  const who = userId === undefined ? "a stranger" : "a known user";
  const from = clock();
  const { payload, failure } = await functions.invoke(
    functionName,
    version,
    goldenEvent(userId, items.length || countDefault),
  );
  const milliseconds = clock() - from;
  if (failure !== undefined) return { milliseconds, fault: `it fails for ${who}: ${failure}` };
  const { statusCode, body } = (payload ?? {}) as { statusCode?: number; body?: string };
  if (statusCode !== 200) return { milliseconds, fault: `it answers ${who} with status ${statusCode}` };
  const answer = parse(body);
  if (!answer) return { milliseconds, fault: `its answer to ${who} is not a list of recommendations` };
  if (answer.model?.version !== model) {
    return {
      milliseconds,
      fault: `it answers from model ${answer.model?.version ?? "none"} where ${model} is set`,
    };
  }
  const answered = new Set(answer.items.map(({ itemId }) => itemId));
  if (answered.size === 0 || answered.size < items.length) {
    const expected = Math.max(1, items.length);
    return {
      milliseconds,
      fault: `it answers ${who} with ${answered.size} items where ${expected} are expected`,
    };
  }
  const kept = items.filter((itemId) => answered.has(itemId)).length;
  return { milliseconds, overlap: items.length === 0 ? undefined : kept / items.length };
}

interface Recommendations {
  readonly model?: { readonly version?: string };
  readonly items: readonly { readonly itemId?: string }[];
}

function parse(body: string | undefined): Recommendations | undefined {
  try {
    const answer = JSON.parse(body ?? "") as Recommendations | null;
    return Array.isArray(answer?.items) ? (answer as Recommendations) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The request as a REST API would send it, so that all of the way is checked. No gateway ever sets `directCheck`:
 * only who may call the function itself can, and gets the answers of a server's key.
 */
export function goldenEvent(userId: string | undefined, count: number) {
  const query = { ...(userId !== undefined && { userId: [userId] }), numResults: [String(count)] };
  return {
    directCheck: true,
    resource: "/{proxy+}",
    path: "/recommendations",
    httpMethod: "GET",
    headers: { accept: "application/json" },
    multiValueHeaders: { accept: ["application/json"] },
    queryStringParameters: Object.fromEntries(Object.entries(query).map(([name, [value]]) => [name, value])),
    multiValueQueryStringParameters: query,
    pathParameters: { proxy: "recommendations" },
    stageVariables: null,
    requestContext: {
      stage: "check",
      httpMethod: "GET",
      path: "/check/recommendations",
      resourcePath: "/{proxy+}",
      protocol: "HTTP/1.1",
      requestId: "aisle-check",
      identity: { sourceIp: "127.0.0.1" },
    },
    body: null,
    isBase64Encoded: false,
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
