import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Resource, resourcesOf, template, type Value, valuesWithin } from "./read-template.ts";

interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: Value;
  readonly Condition?: Value;
}

/** What a role or a policy allows, statements behind a condition too. */
function statementsOf({ Properties }: Resource): Statement[] {
  const found = [...valuesWithin(Properties as Value)].filter(
    (value) => Object.hasOwn(Object(value), "Effect") && Object.hasOwn(Object(value), "Resource"),
  );
  return found as unknown as Statement[];
}

const granted = ["Role", "RolePolicy", "ManagedPolicy"]
  .flatMap((kind) => resourcesOf(`AWS::IAM::${kind}`))
  .flatMap(([name, resource]) => statementsOf(resource).map((statement) => ({ name, ...statement })));

const actionsOf = ({ Action }: Statement): readonly string[] => [Action].flat();
const grants = (name: string, action: string): Statement[] =>
  granted.filter((statement) => statement.name === name && actionsOf(statement).includes(action));

/** What AWS cannot narrow to a resource. */
const everywhere = [
  ...["xray:PutTraceSegments", "xray:PutTelemetryRecords", "cloudwatch:GetMetricStatistics"],
  ...["xray:GetSamplingRules", "xray:GetSamplingTargets"],
  ...["logs:CreateLogDelivery", "logs:DeleteLogDelivery", "logs:GetLogDelivery", "logs:ListLogDeliveries"],
  ...["logs:UpdateLogDelivery", "logs:PutResourcePolicy", "logs:DescribeResourcePolicies"],
  "logs:DescribeLogGroups",
];

const served = ["models", "catalogs", "rules", "channels", "erasures"];
const objects = (names: string[]) =>
  names.map((name) => ({ "Fn::Sub": `\${Bucket.Arn}/\${Prefix}/${name}/*` }));
const prefixes = (names: string[]) => names.map((name) => ({ "Fn::Sub": `\${Prefix}/${name}/*` }));

describe("permissions", () => {
  it("name whole actions, and resources wherever AWS knows any", () => {
    expect(granted.length).toBeGreaterThan(15);
    for (const { name, Sid, Resource: resource, ...statement } of granted) {
      expect(actionsOf({ Resource: resource, ...statement }).join(), `${name} ${Sid}`).not.toContain("*");
      if (resource !== "*") continue;
      expect(everywhere, `${name} ${Sid}`).toEqual(
        expect.arrayContaining([...actionsOf({ Resource: resource, ...statement })]),
      );
    }
  });

  it("let serving read what is served, tell missing from forbidden, and write erasures alone", () => {
    expect(grants("RecommendationsRole", "s3:GetObject").map((one) => one.Resource)).toEqual([
      objects(served),
    ]);
    const [list] = grants("RecommendationsRole", "s3:ListBucket");
    expect(list.Condition).toEqual({ StringLike: { "s3:prefix": prefixes(served) } });
    const actions = granted.filter(({ name }) => name === "RecommendationsRole").flatMap(actionsOf);
    expect(actions.filter((action) => action.startsWith("s3:")).sort()).toEqual([
      "s3:GetObject",
      "s3:ListBucket",
      "s3:PutObject",
    ]);
    expect(grants("RecommendationsRole", "s3:PutObject").map((one) => one.Resource)).toEqual(
      objects(["erasures"]),
    );
  });

  it("let the merchant's routes change channels, add rules, and write nothing else", () => {
    const read = [...served, "runs"];
    expect(grants("MerchantRole", "s3:GetObject").map((one) => one.Resource)).toEqual([objects(read)]);
    expect(grants("MerchantRole", "s3:ListBucket")[0].Condition).toEqual({
      StringLike: { "s3:prefix": prefixes(read) },
    });
    expect(grants("MerchantRole", "s3:PutObject").map((one) => one.Resource)).toEqual([
      objects(["channels", "rules"]),
    ]);
    const writes = granted
      .filter(({ name }) => name === "MerchantRole")
      .flatMap(actionsOf)
      .filter((action) => /^(s3|dynamodb):/.test(action) && !/:(Get|List|Query|Scan)/.test(action));
    expect(writes).toEqual(["s3:PutObject"]);
  });

  it("let serving do with the table what its store does, and only training scan it", () => {
    const store = readFileSync(new URL("../../src/activity/dynamo-table.ts", import.meta.url), "utf8");
    const sent = [...store.matchAll(/sdk\.(\w+)Command\b/g)].map(([, name]) => `dynamodb:${name}`);
    const table = { "Fn::GetAtt": ["ActivityTable", "Arn"] };
    const index = { "Fn::Sub": `\${ActivityTable.Arn}/index/by-time` };
    expect(new Set(sent)).toContain("dynamodb:UpdateItem");
    for (const action of new Set(sent)) {
      const name = action === "dynamodb:Scan" ? "TrainingPolicy" : "RecommendationsRole";
      const expected = action === "dynamodb:Query" ? [table, index] : [table];
      expect(
        grants(name, action).map((one) => one.Resource),
        action,
      ).toEqual(expected);
    }
    const allowed = granted
      .filter(({ name }) => name === "RecommendationsRole" || name === "TrainingPolicy")
      .flatMap(actionsOf)
      .filter((action) => action.startsWith("dynamodb:"));
    expect(new Set(allowed)).toEqual(new Set(sent));
  });

  it("let the way to the archive read the stream, make lines and write events, and nothing else", () => {
    const resources = (name: string) =>
      granted
        .filter((one) => one.name === name)
        .flatMap((one) => actionsOf(one).map((action) => [action, one.Resource]));
    const arn = (name: string, attribute = "Arn") => ({ "Fn::GetAtt": [name, attribute] });
    const stream = arn("ActivityTable", "StreamArn");
    expect(resources("ArchivePipePermissions")).toEqual([
      ["dynamodb:DescribeStream", stream],
      ["dynamodb:GetRecords", stream],
      ["dynamodb:GetShardIterator", stream],
      ["dynamodb:ListStreams", stream],
      ["lambda:InvokeFunction", arn("StreamLines")],
      ["firehose:PutRecord", arn("Archive")],
      ["firehose:PutRecordBatch", arn("Archive")],
      ["sqs:SendMessage", arn("LostEvents")],
    ]);
    expect(grants("ArchivePermissions", "s3:PutObject").map((one) => one.Resource)).toEqual([
      objects(["events", "undelivered"]),
    ]);
    expect(granted.filter(({ name }) => name === "ArchivePermissions").flatMap(actionsOf)).not.toContain(
      "s3:GetObject",
    );
    expect(grants("RetentionPolicy", "s3:PutObject").map((one) => one.Resource)).toEqual(objects(["events"]));
  });

  it("let the check call versions, read golden requests and report to CodeDeploy", () => {
    const [invoke] = grants("CheckRole", "lambda:InvokeFunction");
    expect(invoke.Resource).toEqual({ "Fn::Sub": `\${Recommendations.Arn}:*` });
    expect(grants("CheckRole", "codedeploy:PutLifecycleEventHookExecutionStatus")).toHaveLength(1);
    expect(JSON.stringify(grants("CheckRole", "s3:GetObject"))).toContain("/models/*");
    expect(grants("CheckRole", "s3:PutObject")).toEqual([]);
  });

  it("let training write the registry and read events, which it never changes", () => {
    const [write] = grants("TrainingPolicy", "s3:PutObject");
    expect(write.Resource).toEqual(objects([...served, "runs", "rungs", "sweeps"]));
    const events = grants("TrainingPolicy", "s3:GetObject").filter((one) =>
      JSON.stringify(one.Resource).includes("/events/"),
    );
    expect(events.map(actionsOf)).toEqual([["s3:GetObject"]]);
    expect(JSON.stringify(grants("TrainingPolicy", "s3:PutObject"))).not.toContain("events");
  });

  it("let the function that trains publish and keep runs, and make nothing live", () => {
    const training = { "Fn::GetAtt": ["Training", "Arn"] };
    expect(grants("TrainingRole", "s3:PutObject").map((one) => one.Resource)).toEqual([
      objects(["models", "runs", "rungs", "sweeps"]),
    ]);
    const actions = granted.filter(({ name }) => name === "TrainingRole").flatMap(actionsOf);
    expect(actions.filter((action) => /^(lambda|dynamodb|states|codedeploy):/.test(action))).toEqual([]);
    expect(grants("GoLiveRole", "s3:PutObject").map((one) => one.Resource)).toEqual([
      { "Fn::Sub": `\${Bucket.Arn}/\${Prefix}/channels/*` },
    ]);
    expect(grants("TrainingPolicy", "lambda:InvokeFunction").map((one) => one.Resource)).toEqual([training]);
    expect(grants("TrainingMachinePermissions", "lambda:InvokeFunction").map((one) => one.Resource)).toEqual([
      [training, { "Fn::GetAtt": ["GoLive", "Arn"] }],
    ]);
    expect(grants("TrainingScheduleRole", "states:StartExecution").map((one) => one.Resource)).toEqual([
      { Ref: "TrainingMachine" },
    ]);
  });

  it("come by roles of this template only: SAM's own would let a function write any log", () => {
    for (const [name, { Properties }] of resourcesOf("AWS::Serverless::Function")) {
      expect(Properties, name).toHaveProperty("Role");
      expect(Properties, name).not.toHaveProperty("Policies");
    }
    const managed = resourcesOf("AWS::IAM::Role").filter(([, one]) => one.Properties.ManagedPolicyArns);
    expect(managed.map(([name]) => name)).toEqual(["GatewayRole", "GoLiveRole"]);
    expect(template.Resources.GatewayMayInvoke.Properties).toHaveProperty("SourceArn");
  });
});
