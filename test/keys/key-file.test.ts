import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { KeyFileError, keyRoles } from "../../src/keys/issued-keys.ts";
import { KeyFile } from "../../src/keys/key-file.ts";

let folder: string;
let path: string;
let time: number;
const open = (): KeyFile => new KeyFile(path, () => time);
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "aisle-keys-"));
  path = join(folder, "keys.json");
  time = Date.parse("2026-11-23T20:15:00Z");
});
afterEach(() => rm(folder, { recursive: true }));

describe("issuing", () => {
  it.each(["server", "admin"] as const)("a %s key shows it once and keeps only its digest", async (role) => {
    const key = await open().create(role);
    expect(key).toMatchObject({ role, createdAt: "2026-11-23T20:15:00.000Z" });
    expect(key.secret).toMatch(/^aisle_[A-Za-z0-9_-]{43}$/);
    expect(await readFile(path, "utf8")).not.toContain(key.secret.slice(6));
    expect(open().findKey(key.secret)).toEqual({ id: key.id, role });
    expect(open().signingSecrets).toEqual([]);
  });

  it("a signing secret gives the bytes that tokens are checked with, and opens nothing by itself", async () => {
    const { secret } = await open().create("shopper");
    const [bytes] = open().signingSecrets;
    expect(bytes.length).toBe(32);
    expect(Buffer.from(bytes).toString("base64url")).toBe(secret);
    expect(open().findKey(secret)).toBeUndefined();
  });

  it("a key pair in the form of AWS's own, by whose id the secret is found until it is revoked", async () => {
    const { id, role, secret } = await open().create("aws");
    expect([id, role, secret]).toEqual([
      expect.stringMatching(/^AISLE[A-Z2-7]{15}$/),
      "aws",
      expect.stringMatching(/^[A-Za-z0-9+/]{40}$/),
    ]);
    expect(open().findPairSecret(id)).toBe(secret);
    expect(open().findPairSecret("AISLEUNKNOWN")).toBeUndefined();
    expect(open().findKey(secret)).toBeUndefined();
    expect(open().signingSecrets).toEqual([]);
    await open().revoke(id);
    expect(open().findPairSecret(id)).toBeUndefined();
    const server = await open().create("server");
    expect(open().findPairSecret(server.id)).toBeUndefined();
  });

  it("writes a file for its owner alone, and leaves nothing beside it", async () => {
    for (const role of keyRoles) await open().create(role);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(["keys.json"]);
    expect(
      open()
        .list()
        .map(({ role }) => role),
    ).toEqual([...keyRoles]);
    expect(JSON.stringify(open().list())).not.toMatch(/secret|sha256/);
  });

  it("never loses a key to another change at the same time", async () => {
    const outcomes = await Promise.allSettled([1, 2, 3, 4].map(() => open().create("server")));
    const issued = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value.id] : []));
    expect(
      open()
        .list()
        .map(({ id }) => id)
        .sort(),
    ).toEqual(issued.sort());
    for (const outcome of outcomes) {
      if (outcome.status === "rejected") expect(outcome.reason.message).toMatch(/keys\.json\.new is there/);
    }
    await open().create("server");
  });

  it("says where it could not write", async () => {
    const nowhere = new KeyFile(join(folder, "none", "keys.json"));
    await expect(nowhere.create("server")).rejects.toThrow(/could not write .*none.*ENOENT/);
  });
});

describe("a key", () => {
  it("is refused when it is unknown, empty or nearly right", async () => {
    const { secret } = await open().create("server");
    for (const wrong of [
      "",
      "aisle_",
      secret.slice(0, -1),
      `${secret}x`,
      secret.toUpperCase(),
      secret.slice(6),
    ]) {
      expect(open().findKey(wrong)).toBeUndefined();
    }
  });

  it("is refused once it is revoked, the others are not, and its date stays", async () => {
    const [one, two] = [await open().create("server"), await open().create("admin")];
    const shopper = await open().create("shopper");
    for (const { id } of [one, shopper]) await open().revoke(id);
    time += 60_000;
    await open().revoke(one.id);
    expect(open().findKey(one.secret)).toBeUndefined();
    expect(open().findKey(two.secret)).toEqual({ id: two.id, role: "admin" });
    expect(open().signingSecrets).toEqual([]);
    expect(open().list()[0].revokedAt).toBe("2026-11-23T20:15:00.000Z");
    await expect(open().revoke("none")).rejects.toThrow(
      new RegExp(`no key has the id "none"; there are ${one.id}`),
    );
    expect(await readdir(folder)).toEqual(["keys.json"]);
  });

  it("of which there are several while they rotate, opens with each of them", async () => {
    const secrets = [await open().create("shopper"), await open().create("shopper")];
    expect(open().signingSecrets.map((bytes) => Buffer.from(bytes).toString("base64url"))).toEqual(
      secrets.map(({ secret }) => secret),
    );
  });
});

describe("a server that keeps the file open", () => {
  it("sees a change within a second, and does not look more often", async () => {
    const serving = open();
    const { id, secret } = await open().create("server");
    expect(serving.findKey(secret)?.id).toBe(id);
    await open().revoke(id);
    time += 999;
    expect(serving.findKey(secret)?.id).toBe(id);
    time += 1;
    expect(serving.findKey(secret)).toBeUndefined();
  });

  it("knows no key where there is no file, and finds one that comes", async () => {
    const serving = open();
    expect(serving.findKey("aisle_x")).toBeUndefined();
    expect(serving.list()).toEqual([]);
    const { secret } = await open().create("server");
    time += 1000;
    expect(serving.findKey(secret)).toBeDefined();
    await rm(path);
    time += 1000;
    expect(serving.findKey(secret)).toBeUndefined();
  });

  it("lets nobody in while the file cannot be used, and everybody again once it can", async () => {
    const serving = open();
    const { secret } = await open().create("server");
    const good = await readFile(path, "utf8");
    expect(serving.findKey(secret)).toBeDefined();
    await writeFile(path, "{");
    time += 1000;
    for (let ask = 0; ask < 2; ask++) expect(() => serving.findKey(secret)).toThrow(KeyFileError);
    await writeFile(path, good);
    time += 1000;
    expect(serving.findKey(secret)).toBeDefined();
  });

  it("refuses a file that others may read, also when its mode changes later, and says how to mend it", async () => {
    const serving = open();
    const { secret } = await open().create("server");
    expect(serving.findKey(secret)).toBeDefined();
    for (const mode of [0o640, 0o604, 0o660]) {
      await chmod(path, mode);
      time += 1000;
      expect(() => serving.findKey(secret)).toThrow(`chmod 600 ${path}`);
      expect(() => open().list()).toThrow(KeyFileError);
      await expect(open().create("server")).rejects.toThrow("chmod 600");
    }
    await chmod(path, 0o600);
    time += 1000;
    expect(serving.findKey(secret)).toBeDefined();
  });
});

describe("a file that is no list of keys", () => {
  it.each([
    ["not JSON", '{"keys": [{"secret": "TOPSECRET', /is not JSON$/],
    ["of another shape", '{"keys": {}}', /is no list of keys/],
    [
      "with an unknown role",
      '{"keys":[{"id":"a","role":"root","createdAt":"2026-11-23T20:15:00Z"}]}',
      /role/,
    ],
    [
      "with a short secret",
      '{"keys":[{"id":"a","role":"shopper","createdAt":"2026-11-23T20:15:00Z","secret":"TOPSECRET"}]}',
      /secret/,
    ],
  ])("because it is %s, is named without being quoted", async (_, text, reason) => {
    await writeFile(path, text, { mode: 0o600 });
    const listing = () => open().list();
    expect(listing).toThrow(KeyFileError);
    expect(listing).toThrow(reason);
    expect(listing).toThrow(path);
    expect(listing).not.toThrow("TOPSECRET");
  });
});
