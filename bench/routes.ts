import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSqliteActivity } from "../src/activity/sqlite-activity.ts";
import { trainKernel } from "../src/als/kernel.ts";
import { makeProblem } from "../src/als/objective.ts";
import { Catalog, packCatalog } from "../src/catalog/catalog.ts";
import { createApp } from "../src/http/app.ts";
import { Guard } from "../src/http/guard.ts";
import type { App } from "../src/http/host.ts";
import { describedRoutes } from "../src/http/route-table.ts";
import { aggregate } from "../src/interactions/aggregate-by-formula.ts";
import { Random } from "../src/math/random.ts";
import { layOutModel } from "../src/model/layout.ts";
import { type Model, openModel } from "../src/model/model.ts";
import { Erasures } from "../src/registry/erasures.ts";
import { Serving } from "../src/serving/serving.ts";
import { FolderStore } from "../src/store/folder-store.ts";
import { ThreadCrew } from "../src/training/crew.ts";
import { defaultRecipe } from "../src/training/defaults.ts";
import { type Findings, figure, table } from "./comparison.ts";
import { type Ask, asksOf } from "./route-asks.ts";
import { makeScaleEvents } from "./scale-shop.ts";

const shop = { name: "100k items", userCount: 50_000, itemCount: 100_000, eventCount: 1_000_000 };
const factors = 64;
const categoryCount = 100;
const warmUps = 100;
const requestCount = 1000;
/** ms at the 99th percentile */
const bar = 2;

/** What each route takes inside the application, from a Request to a Response whose body is there. */
export async function benchRoutes(): Promise<Findings> {
  const folder = await mkdtemp(join(tmpdir(), "aisle-routes-"));
  const activity = await openSqliteActivity(join(folder, "activity.sqlite"));
  try {
    const model = await trainModel();
    const erasures = new Erasures(new FolderStore(join(folder, "registry")));
    await erasures.refresh();
    const source = { ...sourceOf(model), erasures };
    const serving = await Serving.start({ source, activity, modelTtlSeconds: 1e9 });
    const guard = new Guard({ auth: "open" });
    const app = createApp({ serving, guard, images: () => "<svg/>", shoppers: [] });
    const asks = asksOf(model);
    mustCover(app, asks);
    const lines: (string | number)[][] = [];
    for (const ask of asks) lines.push(await measure(app, ask));
    return {
      title: `Every route inside the handler, ${shop.name} × ${factors} factors`,
      rows: [],
      notes: [
        `Milliseconds from a Request to the bytes of its answer, one request after another, ${requestCount} each after ` +
          `${warmUps} to warm up, users and items drawn by chance; activity is kept in SQLite. The bar is ${bar} ms at the ` +
          "99th percentile.",
        table(["request", "p50", "p99", `within ${bar} ms`], lines),
      ],
    };
  } finally {
    activity.close();
    await rm(folder, { recursive: true });
  }
}

async function trainModel(): Promise<Model> {
  const interactions = aggregate(makeScaleEvents(shop), defaultRecipe.confidence);
  const settings = { ...defaultRecipe.als, factors, iterations: 2 };
  const problem = makeProblem(interactions.confidence, settings);
  const crew = new ThreadCrew(2);
  try {
    const fitted = { factors: await trainKernel(problem, settings, { crew }), settings };
    const { itemWeights, observedScale } = problem;
    return openModel(
      layOutModel({ interactions, fitted: { ...fitted, itemWeights, observedScale } }),
      "bench",
    );
  } finally {
    await crew.close();
  }
}

function sourceOf(model: Model) {
  const random = new Random("catalogue");
  const items = Array.from({ length: model.itemCount }, (_, row) => ({
    itemId: model.items.id(row),
    title: `Product ${row} in ${["wool", "linen", "oak", "steel"][row % 4]}`,
    price: 5 + random.integer(20_000) / 100,
    category: `category ${random.integer(categoryCount)}`,
    image: `/images/product-${row}.svg`,
    available: true,
    attributes: { style: `style ${row % 7}` },
  }));
  const catalog = Catalog.open(packCatalog(items), "bench");
  return {
    channel: "bench",
    readChannel: async () => ({ etag: "1", model: "v1", catalog: "c1" }),
    modelByteLength: async () => model.buffer.fileBytes.byteLength,
    loadModel: async () => ({ model }),
    loadCatalog: async () => catalog,
  };
}

/** A route that nobody measures must not hide among the others. */
function mustCover(app: App, asks: readonly Ask[]): void {
  const asked = new Set(asks.map(({ route }) => route));
  const missing = describedRoutes(app)
    .map(({ method, path }) => `${method} ${path}`)
    .filter((route) => !asked.has(route));
  if (missing.length > 0)
    throw new Error(`routes without a request in bench/route-asks.ts: ${missing.join(", ")}`);
}

async function measure(app: App, { route, name, make }: Ask): Promise<(string | number)[]> {
  const random = new Random(name);
  const times: number[] = [];
  for (let request = -warmUps; request < requestCount; request++) {
    const asked = make(random);
    const began = performance.now();
    const response = await app.fetch(asked);
    await response.arrayBuffer();
    const took = performance.now() - began;
    if (!response.ok) throw new Error(`${route}: ${response.status}`);
    if (request >= 0) times.push(took);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor(times.length * share)];
  return [name, figure(at(0.5)), figure(at(0.99)), at(0.99) <= bar ? "yes" : "no"];
}
