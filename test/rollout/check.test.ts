import { describe, expect, it } from "vitest";
import type { Invocation } from "../../src/functions/functions.ts";
import { type CheckOrder, checkVersion } from "../../src/rollout/check.ts";

const golden = [{ items: ["a", "b"] }, { userId: "user 7", items: ["c", "d"] }];
const order: CheckOrder = { functionName: "shop", version: "2", model: "m2", golden };

interface Asked {
  readonly name: string;
  readonly version: string;
  readonly userId?: string;
  readonly numResults: string;
}

/** Answers as a version does; time goes on by what each answer takes. */
async function check(
  answer: (asked: Asked, count: number) => Partial<Invocation> & { milliseconds?: number },
  changes: Partial<CheckOrder> = {},
) {
  const asked: Asked[] = [];
  let time = 0;
  const invoke = async (name: string, version: string, payload: unknown) => {
    const { queryStringParameters, directCheck } = payload as {
      queryStringParameters: { userId?: string; numResults: string };
      directCheck: boolean;
    };
    expect(directCheck).toBe(true);
    asked.push({ name, version, ...queryStringParameters });
    const { milliseconds = 10, ...invocation } = answer(asked.at(-1)!, asked.length);
    time += milliseconds;
    return { payload: undefined, ...invocation };
  };
  return { report: await checkVersion({ invoke }, { ...order, ...changes }, () => time), asked };
}

const rows = (items: readonly string[], version = "m2", statusCode = 200) => ({
  payload: {
    statusCode,
    body: JSON.stringify({ model: { version }, items: items.map((itemId) => ({ itemId })) }),
  },
});
const asExpected = ({ userId }: Asked) => rows(userId === undefined ? ["a", "b"] : ["d", "c"]);

describe("the check of a version", () => {
  it("asks each golden request, the first one twice", async () => {
    const { report, asked } = await check((request, count) => ({
      ...asExpected(request),
      milliseconds: count === 1 ? 900 : 12,
    }));
    expect(report).toEqual({
      ...{ ok: true, requestCount: 2, overlap: 1, faults: [] },
      ...{ latencyMsFirst: 900, latencyMsMedian: 12 },
    });
    const stranger = { name: "shop", version: "2", numResults: "2" };
    expect(asked).toEqual([stranger, stranger, { ...stranger, userId: "user 7" }]);
  });

  it("lets half of the rows be others, and no more", async () => {
    const one = await check(({ userId }) => rows(userId ? ["c", "x"] : ["a", "x"]));
    expect(one.report).toMatchObject({ ok: true, overlap: 0.5 });
    const none = await check(({ userId }) => rows(userId ? ["y", "x"] : ["a", "x"]));
    expect(none.report).toMatchObject({ ok: false, overlap: 0.25 });
    expect(none.report.faults).toEqual(["only 25 % of the expected items are answered, 50 % are required"]);
    expect(
      (await check(({ userId }) => rows(userId ? ["y", "x"] : ["a", "x"]), { overlapMin: 0.2 })).report.ok,
    ).toBe(true);
  });

  it.each<[string, (asked: Asked) => Partial<Invocation> & { milliseconds?: number }, RegExp]>([
    ["a status that is no success", () => rows([], "m2", 503), /a stranger with status 503/],
    [
      "another model",
      ({ userId }) => rows(userId ? ["c", "d"] : ["a", "b"], "m1"),
      /model m1 where m2 is set/,
    ],
    ["too few rows", ({ userId }) => rows(userId ? ["c"] : ["a", "b"]), /a known user with 1 items where 2/],
    ["a handler that fails", () => ({ failure: "Unhandled: out of memory" }), /Unhandled: out of memory/],
    ["an answer that is none", () => ({ payload: { statusCode: 200, body: "<html>" } }), /not a list/],
    ["nothing at all", () => ({}), /status undefined/],
    [
      "slowness",
      (asked) => ({ ...asExpected(asked), milliseconds: 2500 }),
      /2500 ms or more, 2000 ms are allowed/,
    ],
  ])("finds %s", async (_, answer, fault) => {
    const { report } = await check(answer);
    expect(report.ok).toBe(false);
    expect(report.faults).toEqual(expect.arrayContaining([expect.stringMatching(fault)]));
    expect(JSON.stringify(report)).not.toContain("user 7");
  });

  it("asks for a stranger's rows where a model came without golden requests", async () => {
    expect((await check(() => rows(["z"]), { golden: [] })).report).toMatchObject({
      ok: true,
      requestCount: 1,
    });
    expect((await check(() => rows([]), { golden: [] })).report.ok).toBe(false);
  });
});
