import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type FlowOrder, type FlowPorts, runFlow } from "../../src/flow/flow.ts";
import type { ShopConfig, StageConfig } from "../../src/init/shop-config.ts";
import type { Stack } from "../../src/rollout/stacks.ts";

/** An account and a registry as far as a flow sees them, where any command may fail before or after its work. */
class World implements FlowPorts {
  readonly commands: string[][] = [];
  readonly lines: string[] = [];
  readonly published: string[] = [];
  live: string | undefined;
  deployed: boolean;
  gate = "promote";
  rollout: { readonly model: string; readonly phase: string } | null = null;
  /** number of the command that fails, and whether its work was done by then */
  failure: { readonly at: number; readonly isAfter: boolean } | undefined;
  readonly #mode: "follow" | "pinned";

  constructor(mode: "follow" | "pinned" = "follow", deployed = true) {
    this.#mode = mode;
    this.deployed = deployed;
  }

  say(line: string): void {
    this.lines.push(line);
  }

  async stack(name: string): Promise<Stack | undefined> {
    if (!this.deployed) return undefined;
    const outputs = { Registry: "s3://made/shop" };
    return { name, status: "UPDATE_COMPLETE", parameters: { Mode: this.#mode, Channel: "germany" }, outputs };
  }

  async run(args: readonly string[]): Promise<{ code: number; json?: unknown }> {
    const number = this.commands.push([...args]) - 1;
    const fails = this.failure?.at === number;
    if (fails && !this.failure!.isAfter) return { code: 1 };
    const json = this.#work(args);
    if (fails) return { code: 1 };
    const isHeld = args[0] === "models" && this.gate === "hold";
    return { code: isHeld ? 1 : 0, json };
  }

  #work(args: readonly string[]): unknown {
    if (args.includes("--status")) return this.rollout;
    const gate = { decision: this.gate, reason: "because" };
    const passes = this.gate === "promote";
    if (args[0] === "deploy") this.deployed = true;
    if (args[0] === "rollout") this.live = args[2];
    if (args[0] === "models" && passes) this.live = args[2];
    if (args[0] !== "train") return { gate };
    const version = `v${this.published.length + 1}`;
    this.published.push(version);
    const promoted = passes && !args.includes("--no-promote");
    if (promoted) this.live = version;
    return { version, promoted, gate };
  }
}

const config: ShopConfig = {
  ...{ events: ["a.csv", "b.csv"], items: ["items.csv"], columns: { user: "who" } },
  ...{ weights: { view: 1, purchase: 5 }, policy: "cautious", training: { factors: "32", "no-refit": true } },
  stages: {},
};
const order = (stage: StageConfig, more: Partial<FlowOrder> = {}): FlowOrder => ({
  ...{ config, stage, stageName: "prod", registryDefault: ".aisle", ...more },
});
const stack = { stack: "aisle-prod" };

describe("a flow", () => {
  it("without a stack trains into the registry, and is live by the promotion", async () => {
    const world = new World();
    expect(await runFlow(order({}), world)).toEqual({ end: "live", model: "v1" });
    expect(world.commands).toEqual([
      [
        ...["train", "--events", "a.csv", "--events", "b.csv", "--items", "items.csv"],
        ...["--columns", "user=who", "--weights", "view=1,purchase=5", "--factors", "32", "--no-refit"],
        ...["--policy", "cautious", "--registry", ".aisle", "--channel", "production", "--json"],
      ],
    ]);
  });

  it("deploys first where nothing is, since the stack's bucket is where models go", async () => {
    const world = new World("follow", false);
    expect((await runFlow(order(stack), world)).end).toBe("live");
    expect(world.commands[0]).toEqual([
      ...["deploy", "--config-env", "prod", "--stack", "aisle-prod"],
      ...["--parameter", "Mode=follow", "--yes"],
    ]);
    expect(world.commands[1]).toEqual(expect.arrayContaining(["s3://made/shop", "germany"]));
    expect(world.commands).toHaveLength(2);
  });

  it("leaves the channel to the rollout where models are pinned", async () => {
    const world = new World("pinned");
    const stage = { ...stack, steps: [20, 100], wait: 5, function: "f" };
    expect((await runFlow(order(stage, { deploy: true }), world)).end).toBe("live");
    expect(world.commands.map(([name]) => name)).toEqual(["deploy", "rollout", "train", "rollout"]);
    expect(world.commands[1]).toContain("--status");
    expect(world.commands[2]).toContain("--no-promote");
    expect(world.commands[3]).toEqual([
      ...["rollout", "--model", "v1", "--stack", "aisle-prod", "--function", "f", "--steps", "20,100"],
      ...["--wait", "5", "--policy", "cautious", "--registry", "s3://made/shop", "--channel", "germany"],
    ]);
  });

  it.each(["follow", "pinned"] as const)("goes no further than a gate that holds (%s)", async (mode) => {
    const world = new World(mode);
    world.gate = "hold";
    expect(await runFlow(order(stack), world)).toEqual({ end: "held", model: "v1", reason: "because" });
    expect(world.commands.filter(([name]) => name !== "rollout")).toHaveLength(1);
    expect(world.live).toBeUndefined();
    const again = await runFlow(order(stack, { model: "v1" }), new World("follow"));
    expect(again.end).toBe("live");
    expect(world.live).toBeUndefined();
  });

  it("says what to call where a step fails", async () => {
    const world = new World("pinned");
    world.failure = { at: 2, isAfter: false };
    const { end, model, reason } = await runFlow(order(stack), world);
    expect([end, model]).toEqual(["failed", "v1"]);
    expect(reason).toContain("aisle rollout --registry s3://made/shop --channel germany --resume");
    expect(reason).toContain("aisle flow --stage prod --model v1");
  });

  it("trains nothing while a rollout is under way, and goes on after one that has ended", async () => {
    const world = new World("pinned");
    world.rollout = { model: "v0", phase: "shift" };
    const { end, reason } = await runFlow(order(stack), world);
    expect([end, world.published]).toEqual(["failed", []]);
    expect(reason).toContain("aisle rollout --registry s3://made/shop --channel germany --abort");
    world.rollout = { model: "v0", phase: "gone-back" };
    expect((await runFlow(order(stack), world)).end).toBe("live");
  });

  it("ends live when it is called again, whatever failed, and trains no published model twice", async () => {
    const failures = fc.record({ at: fc.nat(4), isAfter: fc.boolean() });
    const worlds = fc.constantFrom<["follow" | "pinned", boolean]>(
      ...(
        [
          ["follow", true],
          ["follow", false],
          ["pinned", true],
          ["pinned", false],
        ] as const
      ).map(([mode, deployed]): ["follow" | "pinned", boolean] => [mode, deployed]),
    );
    await fc.assert(
      fc.asyncProperty(failures, worlds, fc.boolean(), async (failure, [mode, deployed], deploy) => {
        const world = new World(mode, deployed);
        world.failure = failure;
        const first = await runFlow(order(stack, { deploy }), world);
        world.failure = undefined;
        const trained = world.published.length;
        const last =
          first.end === "live" ? first : await runFlow(order(stack, { deploy, model: first.model }), world);
        expect(last.end).toBe("live");
        expect(world.live).toBe(last.model);
        if (first.model !== undefined) expect(world.published).toHaveLength(trained);
      }),
    );
  });
});
