import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { AisleProcess, aisle } from "./aisle-process.ts";
import { tinyColumns, tinyEvents } from "./tiny-shop.ts";

const folder = mkdtempSync(join(tmpdir(), "aisle-cli-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe("aisle", () => {
  it("explains each command on stdout", async () => {
    const commands = [
      "demo",
      "train",
      "evaluate",
      "recommend",
      "similar",
      "serve",
      "models",
      "catalog",
      "rules",
      "keys",
      "retention",
      "monitor",
      "runs",
    ];
    const { stdout, stderr, code } = await aisle(["--help"]);
    expect([code, stderr]).toEqual([0, ""]);
    for (const command of [...commands, "start"]) expect(stdout).toMatch(new RegExp(`^ +${command}\\b`, "m"));
    expect(stdout).not.toContain("train-demo");
    const leaves = commands.map((command) =>
      ["catalog", "rules"].includes(command) ? [command, "push"] : [command],
    );
    const helps = await Promise.all(leaves.map((path) => aisle([...path, "--help"])));
    helps.forEach((help, place) => {
      expect([help.code, help.stderr]).toEqual([0, ""]);
      expect(help.stdout).toContain(`Usage: aisle ${leaves[place].join(" ")}`);
    });
  });

  it("writes the storefront for a static host, once, and says what is no address or currency", async () => {
    const out = join(folder, "pages");
    const options = ["storefront", "--out", out, "--api", "https://api.example/prod", "--currency", "eur"];
    expect((await aisle(options)).code).toBe(0);
    const page = readFileSync(join(out, "index.html"), "utf8");
    expect(page).toContain('<meta name="aisle-api" content="https://api.example/prod"');
    expect(page).toContain('<meta name="aisle-currency" content="EUR"');
    for (const [, asset] of page.matchAll(/"\/(assets\/[^"]+)"/g))
      expect(existsSync(join(out, asset))).toBe(true);
    expect(existsSync(join(out, "merchant.html"))).toBe(false);
    const again = await aisle(options);
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining("name a new folder")]);
    const wrong = await aisle(["storefront", "--out", `${out}-2`, "--api", "api.example"]);
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining("is no address")]);
    const unknown = await aisle(["storefront", "--out", `${out}-2`, "--currency", "gold"]);
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining("no currency's code")]);
    expect(existsSync(`${out}-2`)).toBe(false);
  });

  it("sweeps what it keeps, and says what it took out", async () => {
    const registry = join(folder, "swept");
    const { code, stdout, stderr } = await aisle([
      "retention",
      "--registry",
      registry,
      "--keep-days",
      "30",
      "--json",
    ]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(JSON.parse(stdout)).toEqual({
      ...{ models: [], archive: [], activity: `sqlite:${join(registry, "activity.sqlite")}` },
    });
  });

  it("ends a wrong call with code 2, says what is wrong, and prints nothing", async () => {
    const calls: [string[], RegExp][] = [
      [["nope"], /unknown command 'nope'/],
      [["similar"], /--item/],
      [["train", "--events", "x.csv", "--factors", "many"], /"many" is not a number/],
      [
        ["train", "--events", "x.csv", "--confidence", "process.exit(1)"],
        /is not allowed\. Allowed are .*--param x=2/,
      ],
      [["train", "--events", "x.csv", "--select-by", "clicks@10"], /--select-by clicks@10: expected one of/],
      [
        ["train", "--events", "missing.csv", "--confidence", "1 + alpha * log(1 + r / epsilon)"],
        /missing\.csv: there is no such file/,
      ],
      [["recommend", "-n", "501"], /"501" is not a whole number from 1 to 500/],
      [
        ["rules", "push", write("rules.json", '{"pins": [{}]}')],
        /rules\.json: these are no rules:[\s\S]*pins\[0\]\.itemId/,
      ],
      [
        ["rules", "push", write("broken.json", '{"filters": {"a": "INCLUDE"}}'), "--registry", folder],
        /nothing was done:\nfilters\.a: at character 8: expected ItemID, the filter ends/,
      ],
      [["serve", "--port", "70000"], /"70000" is not a whole number from 0 to 65535/],
      [["keys", "list"], /name the file of the keys/],
      [["models", "show", "v1", "--registry", join(folder, "none")], /there is no model v1 in .*none/],
    ];
    const ends = await Promise.all(calls.map(([args]) => aisle(args)));
    ends.forEach(({ code, stdout, stderr }, place) => {
      const [args, message] = calls[place];
      expect([...args, code, stdout]).toEqual([...args, 2, ""]);
      expect(stderr).toMatch(message);
      expect(stderr).not.toMatch(/^ +at /m);
    });
  });

  it("ends at once on Ctrl-C while it waits for its input", async () => {
    const waiting = new AisleProcess(["train", "--events", "-", "--registry", join(folder, "none")], {
      isStdinOpen: true,
    });
    await waiting.wrote(/reading events from standard input/);
    waiting.kill("SIGINT");
    expect((await waiting.ended).signal).toBe("SIGINT");
    expect(existsSync(join(folder, "none"))).toBe(false);
  });

  it("names a wrong environment at once", async () => {
    const { code, stderr } = await aisle(["recommend"], { environment: { PORT: "x", MODEL_TTL: "-1" } });
    expect(code).toBe(2);
    expect(stderr).toMatch(/MODEL_TTL: .*\n *PORT: /);
  });

  it("says in one line that there is no model yet, and makes no folder by looking", async () => {
    const registry = join(folder, "none");
    const { code, stdout, stderr } = await aisle(["recommend", "--registry", registry, "--json"]);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toBe('error: channel "production" names no model: publish one and promote it\n');
    expect(existsSync(registry)).toBe(false);
  });

  it("stops at too many bad rows with code 2, shows them, and writes nothing", async () => {
    const path = write("bad.csv", "user,item\nu,a\n,b\nu,\n");
    const registry = join(folder, "bad");
    const { code, stdout, stderr } = await aisle([
      "train",
      "--events",
      path,
      "--registry",
      registry,
      "--json",
    ]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("2 of 3 rows are bad, more than 1 %");
    expect(stderr).toContain(`${path}: line 3: has no user id`);
    expect(stderr).toContain(`${path}: line 4: has no item id`);
    expect(existsSync(registry)).toBe(false);
  });

  it("says what hardly any events can carry, and that none carry nothing, without a stack", async () => {
    const rows = Array.from({ length: 30 }, (_, row) => row);
    const shops: Record<string, string> = {
      empty: "",
      "one-user": `user,item\n${rows.map((row) => `u,item ${row}`).join("\n")}\n`,
    };
    const calls = Object.entries(shops).map(async ([name, text]) => {
      const args = ["train", "--events", write(`${name}.csv`, text), "--registry", join(folder, name)];
      return aisle([...args, "--factors", "4", "--trials", "1", "--iterations", "2", "--threads", "1"]);
    });
    const [empty, oneUser] = await Promise.all(calls);
    expect([empty.code, existsSync(join(folder, "empty"))]).toEqual([2, false]);
    expect(empty.stderr).toMatch(/error: there are no events in .*empty\.csv\n$/);
    expect(oneUser.stderr).toContain("! There is one user only");
    for (const { stderr } of [empty, oneUser]) expect(stderr).not.toMatch(/^ +at /m);
  });

  it("ends in peace when its reader has seen enough", async () => {
    const { code, stderr } = await aisle(["train", "--help"], { isStdoutClosed: true });
    expect([code, stderr]).toEqual([0, ""]);
  });

  it("leaves nothing behind but the record of its run when it is stopped while training", async () => {
    const registry = join(folder, "stopped");
    const events = write("tiny.csv", tinyEvents());
    const training = new AisleProcess([
      ...["train", "--events", events, "--columns", tinyColumns, "--weights", "look=1,purchase=5"],
      ...["--registry", registry, "--factors", "64", "--iterations", "500", "--json"],
    ]);
    await training.wrote(/^Split by time/m);
    training.kill("SIGINT");
    const { code, stdout, stderr } = await training.ended;
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(
      /interrupted: nothing was published\. The same call with --resume \S+ goes on where it ended\n$/,
    );
    expect(training.isAnyoneLeft()).toBe(false);
    const left = existsSync(registry) ? readdirSync(registry) : [];
    expect(left.filter((name) => !["runs", "rungs", ".pending"].includes(name))).toEqual([]);
  });
});
