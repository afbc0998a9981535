import { describe, expect, it } from "vitest";
import { refusalOf } from "../../src/local/own-machine.ts";

const here = { isBoundToLoopback: true, peer: "127.0.0.1" };

function ask(
  headers: Record<string, string> = {},
  method = "PUT",
  url = "http://localhost:3000/start/training",
) {
  return refusalOf(new Request(url, { method, headers }), here)?.options.name;
}

describe("what is only for whoever sits at the machine", () => {
  it("goes by both ends of the socket", () => {
    const request = new Request("http://localhost:3000/start/state");
    expect(refusalOf(request, here)).toBeUndefined();
    for (const peer of ["::1", "::ffff:127.0.0.1", "127.8.9.10"]) {
      expect(refusalOf(request, { isBoundToLoopback: true, peer })).toBeUndefined();
    }
    for (const ends of [
      { isBoundToLoopback: false, peer: "127.0.0.1" },
      { isBoundToLoopback: true, peer: "192.168.0.7" },
      { isBoundToLoopback: true, peer: "::ffff:10.0.0.1" },
      { isBoundToLoopback: true, peer: undefined },
    ]) {
      expect(refusalOf(request, ends)?.options).toMatchObject({ status: 403, name: "own-machine-only" });
    }
  });

  it("is had by programs, and by the server's own page under any name of this machine", () => {
    expect(ask()).toBeUndefined();
    expect(ask({ origin: "http://localhost:3000", "sec-fetch-site": "same-origin" })).toBeUndefined();
    for (const host of ["127.0.0.1:3000", "[::1]:3000", "shop.localhost:3000"]) {
      const url = `http://${host}/start/state`;
      expect(ask({ origin: `http://${host}`, "sec-fetch-site": "same-origin" }, "PUT", url)).toBeUndefined();
    }
  });

  it("is not had by pages of other sites, the next port's too", () => {
    expect(ask({ origin: "https://evil.example", "sec-fetch-site": "cross-site" })).toBe("cross-site");
    expect(ask({ origin: "http://localhost:4000", "sec-fetch-site": "same-site" })).toBe("cross-site");
    expect(ask({ "sec-fetch-site": "cross-site" })).toBe("cross-site");
    // Before browsers said so themselves, the origin alone spoke.
    expect(ask({ origin: "http://localhost:4000" })).toBe("cross-site");
    expect(ask({ origin: "null" })).toBe("cross-site");
    expect(ask({ "sec-fetch-site": "cross-site" }, "GET")).toBe("cross-site");
    expect(ask({ "sec-fetch-site": "none" })).toBe("cross-site");
  });

  it("is not had under a name of elsewhere that leads here", () => {
    const url = "http://evil.example:3000/start/state";
    expect(ask({ origin: "http://evil.example:3000", "sec-fetch-site": "same-origin" }, "PUT", url)).toBe(
      "cross-site",
    );
    expect(ask({}, "GET", url)).toBe("cross-site");
    expect(ask({}, "GET", "http://localhost.evil.example/start/state")).toBe("cross-site");
  });

  it("may be opened by a link, and by an address that is typed", () => {
    const link = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" };
    expect(ask(link, "GET", "http://localhost:3000/start")).toBeUndefined();
    expect(ask({ "sec-fetch-site": "none" }, "GET", "http://localhost:3000/start")).toBeUndefined();
    expect(ask(link, "POST", "http://localhost:3000/start")).toBe("cross-site");
  });
});
