import {
  type Alias,
  ChangedMeanwhileError,
  type FunctionConfiguration,
  type Functions,
  FunctionsError,
  type Invocation,
} from "../../src/functions/functions.ts";
import { Registry } from "../../src/registry/registry.ts";
import { checkerFor } from "../../src/rollout/checker.ts";
import type { Deployments } from "../../src/rollout/deployments.ts";
import type { Clock } from "../../src/rollout/ledger.ts";
import type { RolloutPorts } from "../../src/rollout/phases.ts";
import type { Stack, Stacks } from "../../src/rollout/stacks.ts";
import type { Watch } from "../../src/rollout/watch.ts";
import { change, modelBytes, parts } from "../registry/small-registry.ts";
import { MemoryStore } from "./memory-store.ts";

/** The process died at this call, and nothing after it happens. */
export class Crash extends Error {
  override name = "Crash";
}

/** Which call fails, and how: before it is done, or after. */
export interface Fault {
  readonly at: number;
  readonly after: boolean;
  /** the process dies of it, rather than being told of an error */
  readonly crash: boolean;
}

type Version = FunctionConfiguration & { readonly description: string };

const functionName = "shop-recommendations";

/** Lambda, CloudWatch, CloudFormation and CodeDeploy as far as a rollout uses them, with calls that can fail. */
export class FakeAws implements Functions, Watch, Stacks, Deployments {
  readonly store = new MemoryStore((name, call) => this.#call(name, call));
  readonly registry = new Registry(this.store, () => this.clock.now());
  readonly versionsPublished = new Map<string, Version>();
  latest: FunctionConfiguration;
  live: Alias = { version: "1", weights: {}, revision: "a0" };
  alarms = new Map<string, "OK" | "ALARM" | "INSUFFICIENT_DATA">([["errors", "OK"]]);
  /** called at each look at traffic */
  seen: () => { invocations: number; errors: number } = () => ({ invocations: 100, errors: 0 });
  stackNow: Stack | undefined = { name: "shop", status: "UPDATE_COMPLETE", parameters: {}, outputs: {} };
  deploymentsNow: string[] = [];
  /** what the version answers, item ids by user */
  answer: (userId: string | undefined, model: string) => unknown = (userId, model) => ({
    statusCode: 200,
    body: JSON.stringify({
      model: { version: model },
      items: (userId === undefined ? ["a"] : ["b", "c"]).map((itemId) => ({ itemId })),
    }),
  });
  readonly calls: string[] = [];
  /** told after every call that was done */
  onCall: () => void = () => {};
  fault: Fault | undefined;
  old = "";
  new = "";
  #isDead = false;
  #time = Date.parse("2026-11-24T12:00:00Z");
  #revision = 0;

  constructor() {
    this.latest = this.#configuration("");
  }

  /** A shop whose alias serves the older of two models. */
  static async make(): Promise<FakeAws> {
    const aws = new FakeAws();
    const [older, newer] = [1, 2].map((seed) => aws.registry.publish(modelBytes(100, seed), parts));
    aws.old = (await older).version;
    aws.new = (await newer).version;
    await aws.registry.promote("production", { model: aws.old }, change, undefined);
    aws.latest = aws.#configuration(aws.old);
    aws.versionsPublished.set("1", { ...aws.latest, description: "" });
    aws.calls.length = 0;
    return aws;
  }

  readonly clock: Clock = {
    now: () => new Date(this.#time),
    sleep: async (milliseconds, signal) => {
      signal?.throwIfAborted();
      this.#time += milliseconds;
    },
  };

  get ports(): RolloutPorts {
    const common = { functions: this as Functions, registry: this.registry };
    return {
      ...common,
      watch: this,
      stacks: this,
      deployments: this,
      clock: this.clock,
      check: checkerFor(common, {}),
    };
  }

  /** Another process, after one has died. */
  revive(fault?: Fault): void {
    this.#isDead = false;
    this.fault = fault && { ...fault, at: fault.at + this.calls.length };
  }

  async channelModel(): Promise<string | undefined> {
    const bytes = this.store.objects.get("channels/production.json")?.bytes;
    return bytes && JSON.parse(new TextDecoder().decode(bytes)).model;
  }

  servedModel(version = this.live.version): string {
    return this.versionsPublished.get(version)!.environment.BEST_MODEL;
  }

  configuration(name: string, version?: string): Promise<FunctionConfiguration> {
    return this.#call(`configuration ${version ?? "$LATEST"}`, () => {
      if (name !== functionName) throw new FunctionsError(`function ${name} is not there`);
      return version === undefined ? this.latest : this.versionsPublished.get(version)!;
    });
  }

  tags() {
    return this.#call("tags", () => ({ "aws:cloudformation:stack-name": "shop" }));
  }

  setEnvironment(_: string, environment: Readonly<Record<string, string>>, revision: string): Promise<void> {
    return this.#call(`setEnvironment ${environment.BEST_MODEL}`, () => {
      if (revision !== this.latest.revision) throw new ChangedMeanwhileError("function");
      this.latest = { ...this.latest, environment, revision: this.#next() };
    });
  }

  versions() {
    return this.#call("versions", () =>
      [...this.versionsPublished].map(([version, { description }]) => ({ version, description })),
    );
  }

  publish(_: string, description: string, revision: string): Promise<string> {
    return this.#call("publish", () => {
      if (revision !== this.latest.revision) throw new ChangedMeanwhileError("function");
      const version = String(this.versionsPublished.size + 1);
      this.versionsPublished.set(version, { ...this.latest, description });
      return version;
    });
  }

  alias(): Promise<Alias> {
    return this.#call("alias", () => this.live);
  }

  pointAlias(_: string, __: string, { version, weights, revision }: Alias): Promise<void> {
    return this.#call(`pointAlias ${version} ${JSON.stringify(weights)}`, () => {
      if (revision !== this.live.revision) throw new ChangedMeanwhileError("alias");
      this.live = { version, weights, revision: this.#next() };
    });
  }

  invoke(_: string, version: string, payload: unknown): Promise<Invocation> {
    return this.#call(`invoke ${version}`, () => {
      const { userId } = (payload as { queryStringParameters: { userId?: string } }).queryStringParameters;
      return { payload: this.answer(userId, this.servedModel(version)) };
    });
  }

  alarmStates(names: readonly string[]) {
    return this.#call(
      "alarmStates",
      () => new Map([...this.alarms].filter(([name]) => names.includes(name))),
    );
  }

  traffic() {
    return this.#call("traffic", () => this.seen());
  }

  stack() {
    return this.#call("stack", () => this.stackNow);
  }

  deploymentGroups() {
    return this.#call("deploymentGroups", () => [{ application: "app", group: "group" }]);
  }

  ongoing() {
    return this.#call("ongoing", () => this.deploymentsNow);
  }

  async report(): Promise<void> {}

  async #call<T>(name: string, call: () => T): Promise<T> {
    if (this.#isDead) throw new Crash("dead");
    const index = this.calls.push(name) - 1;
    const fault = this.fault?.at === index ? this.fault : undefined;
    const fail = (): never => {
      this.#isDead = fault!.crash;
      throw fault!.crash ? new Crash(`died at ${name}`) : new Error(`no answer to ${name}`);
    };
    if (fault && !fault.after) fail();
    const result = call();
    this.onCall();
    if (fault?.after) fail();
    return result;
  }

  #configuration(model: string): FunctionConfiguration {
    const environment = {
      AISLE_MODE: "pinned",
      AISLE_CHANNEL: "production",
      BEST_MODEL: model,
      OTHER: "kept",
    };
    return { environment, code: "code", memoryMegabytes: 1769, timeoutSeconds: 10, revision: this.#next() };
  }

  #next(): string {
    return `r${++this.#revision}`;
  }
}
