import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { parse } from "yaml";
import { fromInstalledPackage, withStage } from "../../scripts/init-files.ts";
import { parseShopConfig } from "../../src/init/shop-config.ts";
import { aisle } from "../cli/aisle-process.ts";

const project = (name: string): string => readFileSync(new URL(`../../${name}`, import.meta.url), "utf8");
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "aisle-init-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
});
const shop = (name: string): string => readFileSync(join(folder, name), "utf8");

/** Every file under the folder with its bytes and the time of its last change. */
function everything(): Record<string, string> {
  const names = readdirSync(folder, { recursive: true }).map(String);
  return Object.fromEntries(
    names.map((name) => {
      const status = statSync(join(folder, name));
      return [name, status.isDirectory() ? "" : `${status.mtimeMs} ${shop(name)}`];
    }),
  );
}

describe("aisle init", () => {
  it("writes what a shop needs, with this project's own template, and changes nothing the second time", async () => {
    const first = await aisle(["init", folder]);
    expect([first.code, first.stderr]).toEqual([0, ""]);
    expect(first.stdout.match(/^created/gm)).toHaveLength(9);
    expect(shop("template.yaml")).toBe(project("template.yaml"));
    expect(shop("samconfig.toml").startsWith(project("samconfig.toml").trimEnd())).toBe(true);
    const before = everything();
    const again = await aisle(["init", folder]);
    expect(again.code).toBe(0);
    expect(again.stdout.match(/^unchanged/gm)).toHaveLength(9);
    expect(everything()).toEqual(before);
    expect(await aisle(["init", folder, "--diff"])).toMatchObject({ code: 0, stdout: /delivers it/ });
  });

  it("keeps what the shop has changed, shows it, and replaces it only when told", async () => {
    await aisle(["init", folder]);
    const config = shop("aisle.json").replace("data/events.csv", "s3/events.csv");
    writeFileSync(join(folder, "aisle.json"), config);
    const changed = shop("template.yaml").replace(/^Description: .*$/m, "Description: ours");
    writeFileSync(join(folder, "template.yaml"), changed);
    const { code, stdout } = await aisle(["init", folder]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^kept +aisle\.json$/m);
    expect(stdout).toMatch(/^differs +template\.yaml$/m);
    expect(shop("template.yaml")).toBe(changed);
    const diff = await aisle(["init", folder, "--diff"]);
    expect(diff.code).toBe(1);
    expect(diff.stdout).toContain("\n-Description: ours\n+Description:");
    expect(diff.stdout).not.toContain("aisle.json");
    expect(await aisle(["init", folder, "--force"])).toMatchObject({
      code: 0,
      stdout: /^replaced +template\.yaml$/m,
    });
    expect(shop("template.yaml")).toBe(project("template.yaml"));
    expect(shop("aisle.json")).toBe(config);
  });

  it("says what is wrong with the configuration, and what is not installed", async () => {
    writeFileSync(join(folder, "package.json"), JSON.stringify({ dependencies: {} }));
    expect(await aisle(["init", folder])).toMatchObject({ code: 0, stdout: /npm install aisle@/ });
    writeFileSync(join(folder, "aisle.json"), JSON.stringify({ events: ["a"], stages: {}, colour: 1 }));
    expect(await aisle(["init", folder])).toMatchObject({ code: 2, stderr: /colour/ });
    expect(await aisle(["flow", "--config", join(folder, "aisle.json")])).toMatchObject({ code: 2 });
    expect(await aisle(["flow", "--config", join(folder, "none.json")])).toMatchObject({
      code: 2,
      stderr: /aisle init/,
    });
  });
});

describe("the files for a shop", () => {
  const built = (name: string): string => project(`dist/init/${name}`);

  it("build the image from the installed package alone", () => {
    for (const name of ["Dockerfile", "dockerignore"]) {
      expect(built(name)).toContain("node_modules/aisle/dist/lambda/");
      expect(built(name)).not.toMatch(/(?<!node_modules\/aisle\/)dist\/lambda/);
    }
    expect(fromInstalledPackage("*\n!dist/lambda/*.mjs\n")).toBe(
      "*\n!node_modules/aisle/dist/lambda/*.mjs\n",
    );
  });

  it("configure a stage like production in all but its names", () => {
    const config = `[prod.global.parameters]\nstack_name = "aisle-prod"\n\n[prod.deploy.parameters]\nconfirm_changeset = true\ntags = ["environment=prod"]\nparameter_overrides = ["Channel=production", "Prefix=prod", "Stage=prod"]\n`;
    const made = withStage(config);
    expect(made.startsWith(config)).toBe(true);
    expect(made.slice(made.indexOf("[stage."))).toBe(
      `[stage.global.parameters]\nstack_name = "aisle-stage"\n\n[stage.deploy.parameters]\nconfirm_changeset = false\ntags = ["environment=stage"]\nparameter_overrides = ["Channel=production", "Prefix=stage", "Stage=stage"]\n`,
    );
    expect(withStage(made)).toBe(made);
    expect(withStage("[default]\n")).toBe("[default]\n");
  });

  it("hold a configuration that passes its own check, for stages whose stacks samconfig names", () => {
    const { stages } = parseShopConfig(built("aisle.json"), "aisle.json");
    expect(Object.keys(stages)).toEqual(["local", "dev", "stage", "prod"]);
    const samconfig = built("samconfig.toml");
    if (!samconfig.includes("[prod.")) return;
    for (const name of ["dev", "stage", "prod"]) {
      expect(samconfig).toContain(`[${name}.global.parameters]\nstack_name = "${stages[name].stack}"`);
    }
  });

  it("sign in by OIDC, for one repository's environments, and store no key", () => {
    const workflow = parse(built("aisle.yml"));
    expect(workflow.permissions).toEqual({ contents: "read", "id-token": "write" });
    expect(built("aisle.yml")).not.toMatch(/secrets\.|access-key/i);
    const commands = workflow.jobs.flow.steps.flatMap(
      ({ run = "" }) => run.match(/npx .*?aisle (\w+)/)?.[1] ?? [],
    );
    expect(commands).toEqual(["flow"]);
    const { Resources } = parse(built("aisle-sign-in.yaml"), { logLevel: "silent" });
    const [{ Action, Condition }] = Resources.Deployer.Properties.AssumeRolePolicyDocument.Statement;
    expect(Action).toBe("sts:AssumeRoleWithWebIdentity");
    expect(Object.keys(Condition)).toEqual(["StringEquals"]);
    for (const [subject] of Condition.StringEquals["token.actions.githubusercontent.com:sub"]) {
      expect(subject).toMatch(/^repo:\$\{Repository\}:environment:/);
    }
  });
});
