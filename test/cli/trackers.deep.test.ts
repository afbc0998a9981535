import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CometServer } from "../tracking/comet-server.ts";
import { jsonOf, type Loopback } from "../tracking/loopback.ts";
import { MlflowServer } from "../tracking/mlflow-server.ts";
import { aisle } from "./aisle-process.ts";
import { tinyColumns, tinyEvents } from "./tiny-shop.ts";

const folder = mkdtempSync(join(tmpdir(), "aisle-trackers-"));
const events = join(folder, "events.csv");
writeFileSync(events, tinyEvents());
const secrets = { token: "sekrit-token-31", comet: "sekrit-key-59" };

function train(registry: string, environment: Record<string, string>) {
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
      "sweep",
    ],
    ...[
      "--factors",
      "4,6",
      "--trials",
      "2",
      "--iterations",
      "2",
      "--threads",
      "1",
      "--no-refit",
      "--force",
      "to test",
    ],
  ];
  return aisle([...args, "--registry", registry], { environment });
}

function push(registry: string, environment: Record<string, string>, ...more: string[]) {
  return aisle(["runs", "push", ...more, "--registry", registry], { environment });
}

function mlflowEnvironment(server: Loopback) {
  return { MLFLOW_TRACKING_URI: server.address, MLFLOW_TRACKING_TOKEN: secrets.token };
}

/** Every byte below a folder. */
function bytesUnder(path: string): Buffer {
  if (!statSync(path).isDirectory()) return readFileSync(path);
  return Buffer.concat(readdirSync(path).map((name) => bytesUnder(join(path, name))));
}

describe("a training with trackers", () => {
  it("goes to both of them, names no user and keeps no key", async () => {
    await using mlflow = await new MlflowServer().start();
    await using comet = await new CometServer(secrets.comet).start();
    const registry = join(folder, "both");
    const environment = {
      ...mlflowEnvironment(mlflow),
      ...{ COMET_API_KEY: secrets.comet, COMET_URL_OVERRIDE: comet.address, COMET_WORKSPACE: "shop" },
    };
    const trained = await train(registry, environment);
    expect(trained).toMatchObject({ code: 0, stderr: expect.stringMatching(/✓ mlflow has run sweep/) });
    expect(trained.stderr).toMatch(/✓ comet has run sweep/);
    expect([...mlflow.runs.values()].map(({ title, status }) => [title, status]).sort()).toEqual([
      ["sweep", "FINISHED"],
      ["sweep/0000", "FINISHED"],
      ["sweep/0001", "FINISHED"],
    ]);
    expect(mlflow.aliases.get("aisle-production@production")).toBe("1");
    expect(comet.experiments.size).toBe(3);
    expect(comet.registered.get("aisle-production")).toHaveLength(1);
    for (const { body } of [...mlflow.got, ...comet.got]) expect(body.toString()).not.toContain('user "');
    const again = await push(registry, environment);
    expect([again.code, again.stdout.match(/nothing new/g)]).toEqual([0, ["nothing new", "nothing new"]]);
    const said = [trained.stdout, trained.stderr, again.stdout, again.stderr].join("\n");
    expect(said + bytesUnder(registry).toString("latin1")).not.toMatch(/sekrit/);
  });

  it("ends as without them where one is down, says what is missing, and sends it later", async () => {
    const down = await new MlflowServer().start();
    const port = Number(new URL(down.address).port);
    await down.stop();
    const registry = join(folder, "down");
    const { code, stdout, stderr } = await train(registry, mlflowEnvironment(down));
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^promoted /m)]);
    expect(stderr).toMatch(/! mlflow has not got 4 records .* of run sweep: .*nobody answers there/);
    const [, command] = /send it later with: aisle (.*)$/m.exec(stderr) ?? [];
    expect(command).toBe(`runs push sweep --to mlflow --registry ${registry}`);
    await using up = await new MlflowServer().start(port);
    const later = await aisle((command ?? "").split(" "), { environment: mlflowEnvironment(up) });
    expect(later).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/sweep to mlflow .*: 4 records sent/),
    });
    expect(up.runs.size).toBe(3);
  });

  it("takes a wrong key as no reason to fail, and repeats none", async () => {
    await using mlflow = await new MlflowServer().start();
    mlflow.fault = ({ headers }) => ({ status: 403, json: { message: `not ${headers.authorization}` } });
    const registry = join(folder, "wrong");
    const trained = await train(registry, mlflowEnvironment(mlflow));
    expect(trained.code).toBe(0);
    expect(trained.stderr).toMatch(/answered 403: not Bearer \*\*\* \(is the key right/);
    const pushed = await push(registry, mlflowEnvironment(mlflow), "sweep", "--to", "mlflow");
    expect(pushed).toMatchObject({ code: 1, stderr: expect.stringMatching(/not everything was sent/) });
    const said = [trained.stdout, trained.stderr, pushed.stdout, pushed.stderr].join("\n");
    expect(said + bytesUnder(registry).toString("latin1")).not.toMatch(/sekrit/);
  });
});

describe("aisle runs push", () => {
  it.each([
    [{}, [], /names no tracker: set MLFLOW_TRACKING_URI or COMET_API_KEY/],
    [{ COMET_API_KEY: "k" }, ["--to", "mlflow"], /set MLFLOW_TRACKING_URI/],
    [{ MLFLOW_TRACKING_URI: "sqlite:///x.db" }, [], /MLFLOW_TRACKING_URI must be an address/],
    [{ COMET_API_KEY: "k" }, ["nobody"], /there is no run nobody/],
  ])("says what it needs: %j %j", async (environment, more, message) => {
    const { code, stderr } = await push(join(folder, "none"), environment, ...more);
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
  });

  it("sends the model file only where it is asked to", async () => {
    await using mlflow = await new MlflowServer().start();
    const registry = join(folder, "file");
    expect((await train(registry, {})).code).toBe(0);
    const { code } = await push(registry, mlflowEnvironment(mlflow), "--with-model", "--model-name", "shop");
    expect(code).toBe(0);
    const names = [...mlflow.files.keys()].map((path) => path.split("/").slice(3).join("/"));
    expect(names).toEqual(["run.json", "result.json", "model/card.json", "model/model.safetensors"]);
    const registered = mlflow.got.find(({ path }) => path.endsWith("registered-models/create"));
    expect(registered && jsonOf(registered).name).toBe("shop");
  });
});
