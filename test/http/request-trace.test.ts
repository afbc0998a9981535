import { afterEach, describe, expect, it, vi } from "vitest";
import type { RequestRecord } from "../../src/http/request-trace.ts";
import { UserMarks } from "../../src/http/user-marks.ts";
import { log } from "../../src/log.ts";
import { personalModel, smallServing } from "../serving/small-shop.ts";
import { quoting } from "./quoting.ts";
import { bearer, mint, now, post, type SmallAppOptions, secret, serverKey, smallApp } from "./small-app.ts";

afterEach(() => {
  vi.mocked(log.error).mockClear();
});

/** An application, and what it tells of its requests. */
async function told(options: SmallAppOptions = {}) {
  const records: RequestRecord[] = [];
  const app = await smallApp({ ...options, onAnswered: (record) => records.push(record) });
  return { app, records };
}

describe("a request's record", () => {
  it("tells the route, the model, the source and the time, and of the user a mark", async () => {
    const { app, records } = await told({ namesOf: () => ({ requestId: "r-1", traceId: "1-2-3" }) });
    const userId = (await personalModel()).users.id(0);
    const path = `/v1/recommendations?userId=${encodeURIComponent(userId)}`;
    const response = await app.request(path, bearer(serverKey));
    expect(response.headers.get("x-request-id")).toBe("r-1");
    const user = new UserMarks(
      () => [secret],
      () => now,
    ).of(userId);
    expect(records).toEqual([
      {
        ...{ requestId: "r-1", traceId: "1-2-3", method: "GET", route: "/recommendations", status: 200 },
        ...{ model: "v1", source: "als", isFallback: false, user },
        scoringMicroseconds: expect.any(Number),
        milliseconds: expect.any(Number),
      },
    ]);
    const scored = records[0].scoringMicroseconds! / 1000;
    expect(response.headers.get("server-timing")).toBe(`score;dur=${scored}`);
    expect((await app.request("/categories", bearer(serverKey))).headers.get("server-timing")).toBeNull();
    expect((await app.request("/popular")).headers.get("server-timing")).toBeNull();
    expect(records[0].milliseconds * 1000).toBeGreaterThanOrEqual(records[0].scoringMicroseconds! - 1);
  });

  it("names the template and never the path, whatever comes of the request", async () => {
    const { app, records } = await told({ images: () => undefined });
    const asked = [
      ["/items/anna/similar"],
      ["/items/anna", bearer(serverKey)],
      ["/images/anna.svg"],
      ["/items/anna/similar", { method: "DELETE" }],
      ["/anna"],
      ["/anna", { method: "ANNA" }],
      ["/products?user_id=anna", bearer("unknown")],
      ["/health/live", { method: "HEAD" }],
    ] as const;
    for (const [path, init] of asked) await app.request(path, init);
    expect(records.map(({ method, route, status }) => `${method} ${route} ${status}`)).toEqual([
      "GET /items/{id}/similar 200",
      "GET /items/{id} 404",
      "GET /images/{file} 404",
      "DELETE /items/{id}/similar 405",
      "GET unknown 404",
      "other unknown 404",
      "GET /products 401",
      "HEAD /health/live 200",
    ]);
  });

  it("counts as a fallback what gave a known caller nothing of their own, and only that", async () => {
    const { app, records } = await told();
    const known = encodeURIComponent((await personalModel()).users.id(0));
    await app.request(`/products?user_id=${known}`, bearer(serverKey));
    await app.request("/recommendations?userId=nobody", bearer(serverKey));
    await app.request("/recommendations", bearer(await mint("nobody either")));
    await app.request(`/recommendations?userId=${known}`);
    await app.request("/popular", bearer(serverKey));
    await app.request("/health/ready");
    expect(records.map(({ isFallback }) => isFallback)).toEqual([
      ...[false, true, true],
      ...[undefined, undefined, undefined],
    ]);
    expect(records.map(({ user }) => user !== undefined)).toEqual([true, true, true, false, false, false]);
  });
});

describe("an unexpected error", () => {
  it("leaves a line that says where, and conceals what the request brought", async () => {
    const app = await smallApp({ serving: quoting(await smallServing()), auth: "open" });
    const response = await app.request("/recommendations?userId=anna");
    const [[message, fields]] = vi.mocked(log.error).mock.calls;
    expect(message).toBe("request failed");
    expect(fields).toEqual({
      route: "/recommendations",
      requestId: response.headers.get("x-request-id"),
      error: {
        name: "TypeError",
        message: expect.stringContaining('cannot answer [{"userId":"[given]"'),
        stack: expect.arrayContaining([expect.stringContaining("recommendations.ts")]),
        cause: {
          name: "RangeError",
          message: expect.stringContaining("no row of [given]"),
          stack: expect.arrayContaining([expect.stringMatching(/^at /)]),
        },
      },
    });
  });
});

describe("an error of any kind", () => {
  it("can be read by a page of an allowed origin", async () => {
    const origin = "https://shop.example";
    const { app, records } = await told({
      serving: quoting(await smallServing()),
      allowedOrigins: [origin],
      limits: { anonymous: { perSecond: 1e-6, burst: 6 } },
    });
    const asked: [string, RequestInit][] = [
      ["/nowhere", {}],
      ["/popular", { method: "DELETE" }],
      ["/recommendations?colour=red", {}],
      ["/recommendations", {}],
      ["/recommendations", { method: "POST", body: "x" }],
      ["/recommendations", post({ exclude: ["x".repeat(1024 * 1024)] })],
      ["/items", bearer("unknown")],
      ["/recommendations", {}],
      ["/recommendations", {}],
    ];
    for (const [path, init] of asked) {
      const response = await app.request(path, { ...init, headers: { ...init.headers, origin } });
      const { status, headers } = response;
      expect([path, status, headers.get("access-control-allow-origin")]).toEqual([path, status, origin]);
    }
    const statuses = new Set(records.map(({ status }) => status));
    expect(statuses).toEqual(new Set([404, 405, 400, 500, 415, 413, 401, 429]));
  });
});
