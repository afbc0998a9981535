import { beforeAll, describe, expect, it } from "vitest";
import * as client from "../../src/client.ts";
import type { App } from "../../src/http/host.ts";
import { describedRoutes } from "../../src/http/route-table.ts";
import { storedServing } from "../serving/stored-serving.ts";
import { isRoute, readApiPage } from "./api-page.ts";
import { smallApp } from "./small-app.ts";

const sections = readApiPage(new URL("../../docs/api.md", import.meta.url));

let app: App;
beforeAll(async () => {
  const { serving } = await storedServing();
  const images = (name: string) => (name === "product-3" ? "<svg/>" : undefined);
  app = await smallApp({ auth: "open", serving, images, shoppers: [{ id: "1", persona: "cook" }] });
});

const AsyncFunction = (async () => {}).constructor as new (
  ...parts: string[]
) => (...values: unknown[]) => Promise<void>;

/** Runs a block of the page; what it asked is what it returns. */
async function run(code: string): Promise<string[]> {
  const asked: string[] = [];
  const fetch = async (url: string, init?: RequestInit) => {
    const response = await app.request(url, init);
    asked.push(`${init?.method ?? "GET"} ${new URL(url).pathname}`);
    if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
    return response;
  };
  class Client extends client.Client {
    constructor(options: client.ClientOptions) {
      super({ ...options, fetch: fetch as typeof globalThis.fetch });
    }
  }
  const body = code.replace(/^import \{(.*)\} from "aisle\/client";$/m, "const {$1} = aisleClient;");
  const names = ["fetch", "shop", "item", "image", "aisleClient", "console"];
  const silent = { log: (first: unknown) => expect(first).toBeDefined() };
  await new AsyncFunction(...names, body)(
    fetch,
    "http://shop.example",
    "ítem 3",
    "product-3.svg",
    { ...client, Client },
    silent,
  );
  return asked;
}

describe("docs/api.md", () => {
  it("has a curl and a fetch for every route, and no other", () => {
    const routes = describedRoutes(app).map(({ method, path }) => `${method} ${path}`);
    expect(
      sections
        .filter(isRoute)
        .map(({ title }) => title)
        .sort(),
    ).toEqual(routes.sort());
    for (const { title, sh, js } of sections.filter(isRoute)) {
      const [method] = title.split(" ");
      expect([sh.length, js.length], title).toEqual([1, 1]);
      expect(sh[0]).toMatch(/^curl /);
      if (method === "DELETE") expect(sh[0]).toContain("-X DELETE");
    }
  });

  it.each(sections.flatMap(({ title, js }) => js.map((code) => [title, code])))(
    "asks as it says: %s",
    async (title, code) => {
      const asked = await run(code);
      expect(asked).toHaveLength(1);
      const [method, path] = asked[0].split(" ");
      if (!/^[A-Z]+ \//.test(title)) return;
      const template = title.split(" ")[1].replace(/\{\w+\}/g, "[^/]+");
      expect(method).toBe(title.split(" ")[0]);
      expect(path).toMatch(new RegExp(`^${template}$`));
    },
  );

  it("would notice a line that does not work", async () => {
    await expect(run('await fetch(shop + "/popular?numResults=0")')).rejects.toThrow("400");
  });
});
