import { describe, expect, it, vi } from "vitest";
import type { Answer } from "../../src/serving/query.ts";
import { smallServing } from "../serving/small-shop.ts";
import { storedServing } from "../serving/stored-serving.ts";
import { adminKey, bearer, getJson, mint, serverKey, smallApp } from "./small-app.ts";

const path = "/recommendations?userId=user+2&numResults=4&model=v0";

describe("a comparison of versions", () => {
  it("is an admin's, of whomever", async () => {
    const app = await smallApp();
    const { status, body, headers } = await getJson<Answer>(app, path, bearer(adminKey));
    expect([status, body.model.version, body.userId]).toEqual([200, "v0", "user 2"]);
    expect(headers.get("cache-control")).toBe("private, no-store");
    const statuses = [
      (await app.request(path)).status,
      (await app.request(path, bearer(await mint("user 2")))).status,
      (await app.request(path, bearer(serverKey))).status,
    ];
    expect(statuses).toEqual([401, 403, 403]);
  });

  it("is anybody's where nobody has to say who they are", async () => {
    const app = await smallApp({ auth: "open" });
    expect((await getJson<Answer>(app, path)).body.model.version).toBe("v0");
    const body = JSON.stringify({ userId: "user 2", model: "v0" });
    const init = { method: "POST", body, headers: { "content-type": "application/json" } };
    expect((await getJson<Answer>(app, "/recommendations", init)).body.model.version).toBe("v0");
  });

  it("says which parameter names no version", async () => {
    const serving = await smallServing();
    const app = await smallApp({ auth: "open", serving });
    expect((await getJson(app, "/recommendations?model=v1")).status).toBe(200);
    expect((await getJson(app, "/popular?model=v0")).status).toBe(400);
  });

  it("takes whatever could be no version for none", async () => {
    const { serving } = await storedServing();
    const app = await smallApp({ auth: "open", serving });
    for (const model of ["ºuÜPýì", "../v1", "a/b", "", " ", "x".repeat(64)]) {
      const { status } = await getJson(app, `/recommendations?model=${encodeURIComponent(model)}`);
      expect(status, model).toBe(400);
    }
  });

  it("is kept as shown to nobody", async () => {
    const { serving } = await storedServing();
    const app = await smallApp({ auth: "open", serving });
    const expose = vi.spyOn(serving.activity!, "expose");
    await getJson(app, path);
    expect(expose).not.toHaveBeenCalled();
    await getJson(app, "/recommendations?userId=user+2");
    expect(expose).toHaveBeenCalledOnce();
  });
});
