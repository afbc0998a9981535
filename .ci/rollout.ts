import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { CloudWatchClient, PutMetricAlarmCommand, SetAlarmStateCommand } from "@aws-sdk/client-cloudwatch";
import {
  CreateAliasCommand,
  CreateFunctionCommand,
  GetAliasCommand,
  GetFunctionConfigurationCommand,
  LambdaClient,
  PublishVersionCommand,
  UpdateAliasCommand,
  waitUntilFunctionActiveV2,
} from "@aws-sdk/client-lambda";

/**
 * Rollouts by the command itself, against moto's control plane and the real container, whose model is NEW: finished,
 * refused by the check, sent back by an alarm, killed and undone, interrupted and taken up.
 */
const [functionName, image, registry, oldModel, newModel] = process.argv.slice(2);
const lambda = new LambdaClient({});
const cloudWatch = new CloudWatchClient({});
const alarm = `${functionName}-errors`;

await setUp();

say("the container does not serve the old model, so that one fails its check");
expectEnd(await rollout("--model", newModel, "--min-overlap", "0.3"), 0, /live: .* serves/);
await expectServed(newModel);
expectEnd(await rollout("--model", oldModel, "--force", "back"), 1, /gone back: .*answers from model/);
await expectServed(newModel);

say("an alarm sends the traffic back");
await serveOld();
expectEnd(
  await rollout({ on: /gets 10 %/, act: () => ring("ALARM") }, "--model", newModel),
  1,
  /gone back: alarm/,
);
await expectServed(oldModel);
expectEnd(await rollout("--model", newModel), 1, /has gone off already/);
await ring("OK");

say("killed at every step, it is undone");
for (const on of [
  /BEST_MODEL of/,
  /is published/,
  /golden requests/,
  /gets 10 %/,
  /gets 50 %/,
  /gets 100 %/,
]) {
  expectEnd(
    await rollout({ on, act: (child) => child.kill("SIGKILL") }, "--model", newModel),
    null,
    /begins/,
  );
  expectEnd(await rollout("--model", newModel), 1, /is under way/);
  expectEnd(await aisle("models", "promote", newModel, "--force", "now"), 1, /is under way/);
  expectEnd(await aisle("rollout", "--status"), 0, /driven by/);
  expectEnd(await rollout("--abort"), 0, /gone back: aborted/);
  await expectServed(oldModel);
}

say("interrupted, it is taken up at once; killed, once its driver is known to be dead");
expectEnd(
  await rollout({ on: /gets 50 %/, act: (child) => child.kill("SIGTERM") }, "--model", newModel),
  1,
  /--resume/,
);
expectEnd(
  await rollout({ on: /taken up/, act: (child) => child.kill("SIGKILL") }, "--resume"),
  null,
  /taken up/,
);
expectEnd(await rollout("--resume"), 0, /live: .* serves/);
await expectServed(newModel);

async function setUp(): Promise<void> {
  const Environment = {
    Variables: {
      AISLE_MODE: "pinned",
      AISLE_CHANNEL: "production",
      AISLE_REGISTRY: registry,
      BEST_MODEL: oldModel,
    },
  };
  await lambda.send(
    new CreateFunctionCommand({
      ...{ FunctionName: functionName, PackageType: "Image", Code: { ImageUri: image }, Environment },
      ...{ Role: `arn:aws:iam::123456789012:role/${functionName}`, MemorySize: 1769, Timeout: 30 },
    }),
  );
  await waitUntilFunctionActiveV2(
    { client: lambda, maxWaitTime: 60, minDelay: 1 },
    { FunctionName: functionName },
  );
  const { Version } = await lambda.send(new PublishVersionCommand({ FunctionName: functionName }));
  await lambda.send(
    new CreateAliasCommand({ FunctionName: functionName, Name: "live", FunctionVersion: Version }),
  );
  await cloudWatch.send(
    new PutMetricAlarmCommand({
      ...{ AlarmName: alarm, MetricName: "Errors", Namespace: "AWS/Lambda", Statistic: "Sum", Threshold: 1 },
      ...{ ComparisonOperator: "GreaterThanThreshold", EvaluationPeriods: 1, Period: 60 },
    }),
  );
  await ring("OK");
}

/** Makes the old model live again as a deployment would: the container cannot answer for it. */
async function serveOld(): Promise<void> {
  await lambda.send(
    new UpdateAliasCommand({ FunctionName: functionName, Name: "live", FunctionVersion: "1" }),
  );
  execFileSync("npx", [
    "aisle",
    "models",
    "rollback",
    "--registry",
    registry,
    "--to",
    oldModel,
    "--why",
    "a test",
  ]);
}

async function ring(StateValue: "OK" | "ALARM"): Promise<void> {
  await cloudWatch.send(new SetAlarmStateCommand({ AlarmName: alarm, StateValue, StateReason: "a test" }));
}

interface Interference {
  readonly on: RegExp;
  readonly act: (child: ChildProcess) => unknown;
}

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** A rollout with the steps and limits of this test. */
function rollout(...args: (string | Interference)[]): Promise<Ended> {
  const interference = typeof args[0] === "object" ? args.shift() : undefined;
  const careful = ["--function", functionName, "--steps", "10,50,100", "--wait", "1", "--alarms", alarm];
  const limits = ["--max-latency", "20000", "--policy", "permissive"];
  const isFirst = args.includes("--model");
  const forced = isFirst && !args.includes("--force") ? ["--force", "a test"] : [];
  const flags = isFirst ? [...careful, ...limits, ...forced] : limits;
  return aisle("rollout", ...(args as string[]), ...flags, interference as Interference);
}

function aisle(...args: (string | Interference | undefined)[]): Promise<Ended> {
  const words = args.filter((each) => typeof each === "string");
  const interference = args.find((each) => typeof each === "object");
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ["dist/cli.js", ...words, "--registry", registry]);
    let output = "";
    let acted = false;
    const hear = (chunk: Buffer): void => {
      output += chunk;
      if (!interference || acted || !interference.on.test(output)) return;
      acted = true;
      interference.act(child);
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.on("close", (code) => resolve({ code, output }));
  });
}

function expectEnd({ code, output }: Ended, expected: number | null, said: RegExp): void {
  if (code === expected && said.test(output)) return;
  throw new Error(`code ${code} where ${expected} and ${said} are expected; it said:\n${output}`);
}

/** All traffic, `$LATEST` and the channel agree. */
async function expectServed(model: string): Promise<void> {
  const of = { FunctionName: functionName };
  const alias = await lambda.send(new GetAliasCommand({ ...of, Name: "live" }));
  const modelOf = async (Qualifier: string | undefined) =>
    (await lambda.send(new GetFunctionConfigurationCommand({ ...of, ...(Qualifier && { Qualifier }) })))
      .Environment?.Variables?.BEST_MODEL;
  const { output } = await aisle("models", "list", "--json");
  const found = {
    weights: Object.keys(alias.RoutingConfig?.AdditionalVersionWeights ?? {}).length,
    alias: await modelOf(alias.FunctionVersion),
    channel: JSON.parse(output).find((each: { live: string[] }) => each.live.includes("production"))?.version,
  };
  if (found.weights === 0 && found.alias === model && found.channel === model) return;
  throw new Error(`${model} should serve alone: ${JSON.stringify(found)}`);
}

function say(line: string): void {
  console.log(line);
}
