import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { KeyFile } from "../../src/keys/key-file.ts";
import { pseudonymOf } from "../../src/model/pseudonyms.ts";
import { Erasures } from "../../src/registry/erasures.ts";
import { Registry } from "../../src/registry/registry.ts";
import { redactModels } from "../../src/retention.ts";
import { registrySource } from "../../src/serving/registry-source.ts";
import { FolderStore } from "../../src/store/folder-store.ts";
import { aisle } from "./aisle-process.ts";
import { tinyColumns, tinyEvents, userCount } from "./tiny-shop.ts";

const folder = mkdtempSync(join(tmpdir(), "aisle-pseudonymous-"));
const events = join(folder, "events.csv");
const keysFile = join(folder, "keys.json");
const environment = { AISLE_KEYS: keysFile };
const [hidden, open] = [join(folder, "hidden"), join(folder, "open")];
const userIds = Array.from({ length: userCount }, (_, user) => `user "${user}"`);

function train(registry: string, ...more: string[]) {
  const args = [
    ...[
      "train",
      "--events",
      events,
      "--columns",
      tinyColumns,
      "--weights",
      "look=1,purchase=5",
      "--run",
      "one",
    ],
    ...["--factors", "6", "--trials", "1", "--iterations", "2", "--threads", "1", "--force", "to test"],
  ];
  return aisle([...args, ...more, "--registry", registry], { environment });
}

async function recommend(registry: string, userId: string, keys: Record<string, string> = environment) {
  const args = ["recommend", "--user", userId, "--num", "5", "--json", "--registry", registry];
  const { code, stdout, stderr } = await aisle(args, { environment: keys });
  const rows =
    code === 0 ? (JSON.parse(stdout) as { items: { itemId: string; score: number }[] }) : undefined;
  return { code, stderr, items: rows?.items.map(({ itemId }) => itemId) };
}

function filesUnder(path: string): string[] {
  return statSync(path).isDirectory()
    ? readdirSync(path).flatMap((name) => filesUnder(join(path, name)))
    : [path];
}

/** The files below a folder that hold the id, as it is or as JSON has it. */
function holding(path: string, id: string): string[] {
  const forms = [id, JSON.stringify(id).slice(1, -1)];
  return filesUnder(path).filter((file) => forms.some((form) => readFileSync(file).includes(form)));
}

beforeAll(async () => {
  writeFileSync(events, tinyEvents());
  const none = await train(hidden, "--pseudonymous");
  expect(none).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/aisle keys create --role pseudonym/),
  });
  const made = await aisle(["keys", "create", "--role", "pseudonym"], { environment });
  expect(made.stdout).toMatch(/^pseudonym-[0-9a-f]{8}\n$/);
  for (const [registry, ...more] of [[hidden, "--pseudonymous"], [open]] as const) {
    const { code, stderr } = await train(registry, ...more);
    expect(code, stderr).toBe(0);
  }
});

describe("a pseudonymous training", () => {
  it("leaves no user's id in any byte of the registry", () => {
    const naming = userIds.flatMap((id) => holding(open, id).map((file) => basename(file)));
    expect([...new Set(naming)].sort()).toEqual(["manifest.json", "model.safetensors"]);
    for (const id of userIds) expect(holding(hidden, id)).toEqual([]);
  });

  it("answers every user as without it", async () => {
    for (const id of [userIds[0], userIds[31]]) {
      const [one, other] = [await recommend(hidden, id), await recommend(open, id)];
      expect(one.items?.length).toBe(5);
      expect(one.items).toEqual(other.items);
    }
  });

  it("answers on every thread of a batch, by the ids of a file or by its own pseudonyms", async () => {
    const asked = join(folder, "asked.txt");
    writeFileSync(asked, userIds.slice(0, 5).join("\n"));
    const batch = async (registry: string, users: string) => {
      const out = join(folder, "answers.jsonl");
      const args = [
        "batch",
        "--users",
        users,
        "--k",
        "3",
        "--threads",
        "2",
        "--out",
        out,
        "--registry",
        registry,
      ];
      expect((await aisle(args, { environment })).code).toBe(0);
      const lines = readFileSync(out, "utf8").trimEnd().split("\n");
      rmSync(out);
      return lines.map((line) => JSON.parse(line) as { userId: string; items: { itemId: string }[] });
    };
    const itemsOf = (lines: Awaited<ReturnType<typeof batch>>) =>
      lines.map(({ items }) => items.map(({ itemId }) => itemId));
    const [one, other] = [await batch(hidden, asked), await batch(open, asked)];
    expect(one.map(({ userId }) => userId)).toEqual(userIds.slice(0, 5));
    expect(itemsOf(one)).toEqual(itemsOf(other));
    const everybody = await batch(hidden, "all");
    expect(everybody).toHaveLength(userCount);
    const [{ secret, id }] = new KeyFile(keysFile).pseudonymKeys;
    const whose = pseudonymOf(userIds[2], { id, secret });
    expect(itemsOf(everybody.filter(({ userId }) => userId === whose))).toEqual([itemsOf(one)[2]]);
  });

  it("makes a model that is no use without the key", async () => {
    const { code, stderr } = await recommend(hidden, userIds[0], {});
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/under the key pseudonym-[0-9a-f]{8}: AISLE_KEYS must/),
    ]);
  });

  it("goes on under a key that was revoked, which hides no further one", async () => {
    const registry = new Registry(new FolderStore(hidden));
    const [{ pseudonyms: id = "" }] = await registry.manifests();
    expect((await aisle(["keys", "revoke", id], { environment })).code).toBe(0);
    expect((await recommend(hidden, userIds[0])).items?.length).toBe(5);
    expect((await train(join(folder, "later"), "--pseudonymous")).code).toBe(2);
  });

  it("lets an erased user be found in its models, though the ledger holds no id", async () => {
    const store = new FolderStore(hidden);
    const registry = new Registry(store);
    const [{ version }] = await registry.manifests();
    const { pseudonymKeys } = new KeyFile(keysFile);
    const source = registrySource(registry, "production", async () => pseudonymKeys);
    await source.erasures?.add(userIds[3]);
    const ledger = new Erasures(store);
    await ledger.refresh();
    expect(ledger.erasedAt(pseudonymOf(userIds[3], pseudonymKeys[0]))).toBeGreaterThan(0);
    expect(ledger.erasedAt(pseudonymOf(userIds[4], pseudonymKeys[0]))).toBeUndefined();
    expect(await redactModels(registry, ledger)).toEqual([{ version, users: 1 }]);
    const { model } = await source.loadModel(version);
    expect([3, 4].map((user) => model.users.row(userIds[user]) >= 0)).toEqual([false, true]);
    expect(holding(hidden, userIds[3])).toEqual([]);
  });
});
