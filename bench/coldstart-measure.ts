import { median } from "./comparison.ts";
import { type ContainerOrder, Emulator } from "./emulator.ts";

export const turns = Number(process.env.COLDSTART_TURNS ?? 15);
export const warmTurns = 3;
export const requestCount = 1000;
const k = 20;

/** Someone who is started cold, and asked. */
export interface Contender {
  readonly name: string;
  readonly order: ContainerOrder;
  /** the same handler, with the milliseconds that it takes in its answer */
  readonly timed?: ContainerOrder;
  readonly users: readonly string[];
}

/** Medians: milliseconds until the runtime asks for its first event, and until that is answered; the peak in bytes. */
export interface Cold {
  readonly init: number;
  readonly first: number;
  readonly peak: number;
}

/** Milliseconds over the runtime interface, and inside the handler. */
export interface Warm {
  readonly p50: number;
  readonly p99: number;
  readonly insideP50: number;
  readonly insideP99: number;
}

/** Everyone in turns; medians. */
export async function coldStarts(contenders: readonly Contender[]): Promise<Cold[]> {
  const found: Cold[][] = contenders.map(() => []);
  for (let turn = 0; turn < turns; turn++) {
    for (const [at, { order, users }] of contenders.entries()) {
      const emulator = await Emulator.start(order);
      try {
        const { ms: first } = await emulator.invoke(question(users, turn));
        found[at].push({ init: await emulator.initMs(), first, peak: await emulator.peakBytes() });
      } finally {
        await emulator.stop();
      }
    }
  }
  const of = (all: Cold[], name: keyof Cold) => median(all.map((cold) => cold[name]));
  return found.map((all) => ({ init: of(all, "init"), first: of(all, "first"), peak: of(all, "peak") }));
}

export async function warmRequests(contenders: readonly Contender[]): Promise<Warm[]> {
  const found: Warm[][] = contenders.map(() => []);
  for (let turn = 0; turn < warmTurns; turn++) {
    for (const [at, { timed, users }] of contenders.entries()) {
      const emulator = await Emulator.start(timed!);
      try {
        found[at].push(await warmTurn(emulator, users));
      } finally {
        await emulator.stop();
      }
    }
  }
  const of = (all: Warm[], name: keyof Warm) => median(all.map((warm) => warm[name]));
  return found.map((all) => ({
    ...{ p50: of(all, "p50"), p99: of(all, "p99") },
    ...{ insideP50: of(all, "insideP50"), insideP99: of(all, "insideP99") },
  }));
}

async function warmTurn(emulator: Emulator, users: readonly string[]): Promise<Warm> {
  for (let at = 0; at < 50; at++) await emulator.invoke(question(users, at));
  const over: number[] = [];
  const inside: number[] = [];
  for (let at = 0; at < requestCount; at++) {
    const { ms, answer } = await emulator.invoke(question(users, at));
    over.push(ms);
    inside.push(answer.handlerMs!);
  }
  const share = (all: number[], part: number) => all.toSorted((a, b) => a - b)[Math.floor(all.length * part)];
  return {
    ...{ p50: share(over, 0.5), p99: share(over, 0.99) },
    ...{ insideP50: share(inside, 0.5), insideP99: share(inside, 0.99) },
  };
}

/** What a REST API sends for one user's best rows. */
function question(users: readonly string[], at: number): object {
  const query = { userId: users[at % users.length], numResults: `${k}` };
  return {
    ...{
      resource: "/{proxy+}",
      path: "/recommendations",
      httpMethod: "GET",
      headers: {},
      multiValueHeaders: {},
    },
    queryStringParameters: query,
    multiValueQueryStringParameters: { userId: [query.userId], numResults: [query.numResults] },
    ...{ pathParameters: { proxy: "recommendations" }, body: null, isBase64Encoded: false },
    requestContext: { stage: "prod", path: "/prod/recommendations", identity: { sourceIp: "192.0.2.1" } },
  };
}
