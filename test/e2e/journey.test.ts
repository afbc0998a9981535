import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { AisleProcess, aisle, type CallOptions } from "../cli/aisle-process.ts";
import { itemCount, tinyColumns, tinyEvents, tinyItems } from "../cli/tiny-shop.ts";

/** The parts of the answers that the journey looks at. */
interface Answer {
  readonly userId?: string;
  readonly source: string;
  readonly model: { readonly version: string; readonly channel: string };
  readonly items: readonly {
    readonly itemId: string;
    readonly rank: number;
    readonly item?: { title: string };
  }[];
}
interface Trained {
  readonly version: string;
  readonly promoted: boolean;
  readonly settings: { readonly als: { readonly factors: number } };
  readonly metrics: Record<"all" | "new", Record<string, { value: number; low: number; high: number }>>;
  readonly baselines: Record<string, Trained["metrics"]>;
  readonly gate: {
    readonly decision: string;
    readonly reason: string;
    readonly difference?: { value: number };
  };
  readonly seconds: number;
}

const folder = mkdtempSync(join(tmpdir(), "aisle-journey-"));
const registry = join(folder, "models");
const items = join(folder, "items.csv");
const holdout = join(folder, "later.csv");
const userId = 'user "4"';
const servers: AisleProcess[] = [];
let first: Trained;

beforeAll(async () => {
  writeFileSync(items, tinyItems());
  first = await train("8");
});
afterAll(async () => {
  for (const server of servers) if (server.isAnyoneLeft()) server.kill("SIGKILL");
  await Promise.all(servers.map((server) => server.ended));
  rmSync(folder, { recursive: true, force: true });
});

/** Runs a command with `--json`: stdout is one document, whatever the other stream says. */
async function json<Document>(args: readonly string[], options?: CallOptions): Promise<Document> {
  const { code, stdout, stderr } = await aisle([...args, "--registry", registry, "--json"], options);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as Document;
}

/** The shop's own CSV, gzipped, through standard input. */
function train(factors: string, more: readonly string[] = []): Promise<Trained> {
  const events = ["--events", "-", "--columns", tinyColumns, "--weights", "look=1,purchase=5"];
  const settings = ["--factors", factors, "--unobserved-weight", "0.1", "--regularization", "0.003"];
  const run = [
    "train",
    ...events,
    "--items",
    items,
    ...settings,
    "--iterations",
    "3",
    "--half-life",
    "60",
    ...more,
  ];
  return json<Trained>(run, { input: gzipSync(tinyEvents()) });
}

async function serve(
  args: readonly string[] = [],
  environment: Record<string, string> = {},
): Promise<string> {
  // Every request looks for news: a test need not wait for a time to pass.
  const freshness = { MODEL_TTL: "0", CATALOG_TTL: "0" };
  const server = new AisleProcess(["serve", "--port", "0", "--registry", registry, ...args], {
    environment: { ...freshness, ...environment },
  });
  servers.push(server);
  const [, url] = await server.wrote(/on (http:\/\/localhost:\d+)\n/);
  return url;
}

async function get<Document = Answer>(url: string, headers: Record<string, string> = {}): Promise<Document> {
  const response = await fetch(url, { headers });
  expect(response.status, url).toBe(200);
  return (await response.json()) as Document;
}

const ids = (answer: Answer): string[] => answer.items.map(({ itemId }) => itemId);
const forUser = `/recommendations?userId=${encodeURIComponent(userId)}&numResults=5`;

it("trains on a shop's own CSV from standard input, measures, and promotes", () => {
  expect(first).toMatchObject({
    promoted: true,
    settings: { als: { factors: 8 } },
    gate: { decision: "promote" },
  });
  expect(first.version).toMatch(/^\d{8}T\d{6}Z-[0-9a-f]{4}$/);
  expect(first.gate.reason).toContain("60 test users cannot tell");
  expect(first.gate.difference?.value).toBeGreaterThan(0);
  expect(first.seconds).toBeGreaterThan(0);
  expect(Object.keys(first.baselines).sort()).toEqual(
    ["item-knn", "own-history", "popularity", "recent-popularity", "rp3beta"].sort(),
  );
  for (const task of ["all", "new"] as const) {
    const { value, low, high } = first.metrics[task]["ndcg@10"];
    expect([low <= value, value <= high]).toEqual([true, true]);
    expect(first.baselines.popularity[task]["ndcg@10"].value).toBeGreaterThanOrEqual(0);
  }
  const { all } = first.metrics;
  expect(all["ndcg@10"].value).toBeGreaterThan(first.baselines.popularity.all["ndcg@10"].value);
});

it("recommends a user's own group, and to a stranger what is popular", async () => {
  const answer = await json<Answer>(["recommend", "--user", userId, "-n", "6", "--hide", "none"]);
  expect(answer).toMatchObject({
    userId,
    source: "als",
    model: { version: first.version, channel: "production" },
  });
  expect(answer.items.map(({ rank }) => rank)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(ids(answer).every((id) => Number(id.slice(5)) % 3 === 4 % 3)).toBe(true);
  expect(answer.items[0].item?.title).toMatch(/^Item "\d+"$/);
  const [stranger, similar] = await Promise.all([
    json<Answer>(["recommend", "--user", "nobody", "-n", "6"]),
    json<Answer>(["similar", "--item", "item-4", "-n", "3"]),
  ]);
  expect(stranger.source).toBe("popular");
  expect(similar.source).toBe("similar");
  expect(ids(similar).every((id) => Number(id.slice(5)) % 3 === 1 && id !== "item-4")).toBe(true);
});

it("measures a model on a file that it has not seen, and refuses one that it has", async () => {
  const lines = tinyEvents().split("\r\n");
  const [header, ...rows] = lines.map((line) => line.replace("\ufeff", ""));
  writeFileSync(holdout, [header, ...rows.filter((row) => row !== "").slice(-200)].join("\n"));
  const evaluate = [
    "--holdout",
    holdout,
    "--columns",
    tinyColumns,
    "--weights",
    "look=1,purchase=5",
    "--k",
    "20",
  ];
  const seen = await aisle([
    "evaluate",
    "--model",
    first.version,
    ...evaluate,
    "--registry",
    registry,
    "--json",
  ]);
  expect([seen.code, seen.stdout]).toEqual([2, ""]);
  expect(seen.stderr).toMatch(/200 of 200 events in .*later\.csv are among those/);
  const leaked = await json<{ leaked: boolean; metrics: Trained["metrics"]; version: string }>([
    ...["evaluate", "--model", first.version, ...evaluate, "--allow-seen"],
  ]);
  expect(leaked).toMatchObject({ leaked: true, version: first.version });
  expect(leaked.metrics.all["ndcg@20"].value).toBeGreaterThan(0);
});

it("serves the same answer over HTTP, follows promotions and returns, and takes what is sold out away", async () => {
  const url = await serve();
  const [http, printed] = await Promise.all([
    get(`${url}${forUser}`),
    json<Answer>(["recommend", "--user", userId, "-n", "5"]),
  ]);
  expect({ ...http, recommendationId: "" }).toEqual({ ...printed, recommendationId: "" });
  expect(await get(`${url}/health/ready`)).toMatchObject({ state: "ready" });

  const second = await train("4", ["--policy", "cautious"]);
  expect(second).toMatchObject({ promoted: false, gate: { decision: "hold" } });
  expect((await get(`${url}${forUser}`)).model.version).toBe(first.version);
  const held = await aisle([
    "models",
    "promote",
    second.version,
    "--policy",
    "cautious",
    "--registry",
    registry,
  ]);
  expect([held.code, held.stdout]).toEqual([1, expect.stringMatching(/^not promoted: /)]);

  await json(["models", "promote", second.version, "--force", "to see it go live"]);
  const servedVersion = async () => (await get(`${url}${forUser}`)).model.version;
  await vi.waitUntil(async () => (await servedVersion()) === second.version, {
    timeout: 10_000,
    interval: 20,
  });
  await json(["models", "rollback", "--why", "to see it come back"]);
  await vi.waitUntil(async () => (await servedVersion()) === first.version, {
    timeout: 10_000,
    interval: 20,
  });

  const [gone, ...others] = ids(await get(`${url}${forUser}`));
  writeFileSync(items, tinyItems([gone]));
  const pushed = await json<{ available: number }>(["catalog", "push", "--items", items]);
  expect(pushed.available).toBe(itemCount - 1);
  await vi.waitUntil(async () => !ids(await get(`${url}${forUser}`)).includes(gone), {
    timeout: 10_000,
    interval: 20,
  });
  expect(ids(await get(`${url}${forUser}`)).slice(0, 4)).toEqual(others);
  for (const path of ["/popular?numResults=100", `/items/${others[0]}/similar?numResults=100`]) {
    const shown = ids(await get(`${url}${path}`));
    expect(shown.length).toBeGreaterThan(10);
    expect(shown).not.toContain(gone);
  }
  const listed = await json<{ version: string; live: string[] }[]>(["models"]);
  expect(listed.map(({ version, live }) => [version, live])).toEqual(
    expect.arrayContaining([
      [first.version, ["production"]],
      [second.version, []],
    ]),
  );

  servers[0].kill("SIGINT");
  const { code, stderr } = await servers[0].ended;
  expect([code, servers[0].isAnyoneLeft()]).toEqual([0, false]);
  expect(stderr).not.toContain("user ");
});

it("keeps a user's rows to who has the key, until it is revoked", async () => {
  const keys = join(folder, "keys.json");
  const created = await aisle(["keys", "create", "--keys", keys, "--json"]);
  const { id, secret } = JSON.parse(created.stdout) as { id: string; secret: string };
  const url = await serve(["--auth", "keys"], { AISLE_KEYS: keys });
  const anonymous = await get(`${url}${forUser}`);
  expect([anonymous.source, anonymous.userId]).toEqual(["popular", undefined]);
  const bearer = { Authorization: `Bearer ${secret}` };
  expect((await get(`${url}${forUser}`, bearer)).source).toBe("als");
  expect((await aisle(["keys", "list", "--keys", keys])).stdout).toContain(id);
  expect((await aisle(["keys", "revoke", id, "--keys", keys])).code).toBe(0);
  await vi.waitUntil(async () => (await fetch(`${url}${forUser}`, { headers: bearer })).status === 401, {
    timeout: 10_000,
    interval: 20,
  });
});
