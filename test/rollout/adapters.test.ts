import { describe, expect, it } from "vitest";
import { CodeDeploy } from "../../src/rollout/deployments.ts";
import { CloudFormation, isMoving } from "../../src/rollout/stacks.ts";
import { CloudWatch } from "../../src/rollout/watch.ts";
import { endpoint } from "../functions/endpoint.ts";

const xml = (action: string, result: string) => ({
  headers: { "content-type": "text/xml" },
  body: `<${action}Response xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><${action}Result>${result}</${action}Result></${action}Response>`,
});
const member = (fields: Record<string, string>): string =>
  `<member>${Object.entries(fields)
    .map(([name, value]) => `<${name}>${value}</${name}>`)
    .join("")}</member>`;

describe("CloudFormation", () => {
  it("tells a stack's status, parameters and outputs", async () => {
    const stack =
      "<StackName>shop</StackName><StackStatus>UPDATE_COMPLETE</StackStatus>" +
      `<Parameters>${member({ ParameterKey: "BestModel", ParameterValue: "m1" })}</Parameters>` +
      `<Outputs>${member({ OutputKey: "AliasName", OutputValue: "live" })}</Outputs>`;
    const { asked, account } = await endpoint(() =>
      xml("DescribeStacks", `<Stacks><member>${stack}</member></Stacks>`),
    );
    const found = await new CloudFormation(account).stack("shop");
    expect(found).toEqual({
      ...{
        name: "shop",
        status: "UPDATE_COMPLETE",
        parameters: { BestModel: "m1" },
        outputs: { AliasName: "live" },
      },
    });
    expect(asked[0].body).toMatch(/Action=DescribeStacks/);
    expect(isMoving(found!)).toBe(false);
    for (const status of [
      "UPDATE_IN_PROGRESS",
      "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
      "ROLLBACK_IN_PROGRESS",
    ]) {
      expect(isMoving({ ...found!, status })).toBe(true);
    }
  });

  it("has no stack where there is none, and does not take a refusal for that", async () => {
    const error = (code: string, message: string, status: number) => ({
      status,
      headers: { "content-type": "text/xml" },
      body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
    });
    const answers = [
      error("ValidationError", "Stack with id shop does not exist", 400),
      error("AccessDenied", "not authorized", 403),
    ];
    const { account } = await endpoint(() => answers.shift()!);
    const stacks = new CloudFormation(account);
    expect(await stacks.stack("shop")).toBeUndefined();
    await expect(stacks.stack("shop")).rejects.toThrow(/not authorized/);
  });

  it("names where CodeDeploy shifts a stack's traffic", async () => {
    const resources = [
      { ResourceType: "AWS::CodeDeploy::Application", PhysicalResourceId: "app-1" },
      { ResourceType: "AWS::CodeDeploy::DeploymentGroup", PhysicalResourceId: "group-1" },
      { ResourceType: "AWS::S3::Bucket", PhysicalResourceId: "bucket" },
    ];
    const { account } = await endpoint(() =>
      xml("DescribeStackResources", `<StackResources>${resources.map(member).join("")}</StackResources>`),
    );
    expect(await new CloudFormation(account).deploymentGroups("shop")).toEqual([
      { application: "app-1", group: "group-1" },
    ]);
  });
});

describe("CodeDeploy", () => {
  it("lists what has not ended, and is told what a hook found", async () => {
    const { asked, account } = await endpoint(() => ({ body: JSON.stringify({ deployments: ["d-1"] }) }));
    const codeDeploy = new CodeDeploy(account);
    expect(await codeDeploy.ongoing({ application: "app", group: "group" })).toEqual(["d-1"]);
    const call = { DeploymentId: "d-1", LifecycleEventHookExecutionId: "hook 1" };
    await codeDeploy.report(call, true);
    await codeDeploy.report(call, false);
    const [listed, ...reported] = asked.map(({ body }) => JSON.parse(body));
    expect(listed).toMatchObject({ applicationName: "app", deploymentGroupName: "group" });
    expect(listed.includeOnlyStatuses).toEqual(
      expect.arrayContaining(["Created", "Queued", "InProgress", "Ready"]),
    );
    const told = { deploymentId: "d-1", lifecycleEventHookExecutionId: "hook 1" };
    expect(reported).toEqual([
      { ...told, status: "Succeeded" },
      { ...told, status: "Failed" },
    ]);
    expect(asked[1].headers["x-amz-target"]).toBe("CodeDeploy_20141006.PutLifecycleEventHookExecutionStatus");
  });
});

describe("CloudWatch", () => {
  it("tells the states of metric and composite alarms, a hundred at a time", async () => {
    const { asked, account } = await endpoint(({ body }) => {
      const { AlarmNames } = JSON.parse(body) as { AlarmNames: string[] };
      const alarms = AlarmNames.filter((name) => name !== "gone").map((AlarmName) => ({
        AlarmName,
        StateValue: AlarmName === "a7" ? "ALARM" : "OK",
      }));
      return { body: JSON.stringify({ MetricAlarms: alarms.slice(1), CompositeAlarms: alarms.slice(0, 1) }) };
    });
    const names = Array.from({ length: 130 }, (_, i) => `a${i}`);
    const states = await new CloudWatch(account).alarmStates([...names, "gone"]);
    expect([states.size, states.get("a0"), states.get("a7"), states.get("gone")]).toEqual([
      130,
      "OK",
      "ALARM",
      undefined,
    ]);
    expect(asked.map(({ body }) => JSON.parse(body).AlarmNames.length)).toEqual([100, 31]);
    expect(JSON.parse(asked[0].body).AlarmTypes).toEqual(["MetricAlarm", "CompositeAlarm"]);
    expect((await new CloudWatch(account).alarmStates([])).size).toBe(0);
  });

  it("sums what one version behind an alias was called for, by whole minutes", async () => {
    const results = [
      { Id: "invocations", Values: [40, 60] },
      { Id: "errors", Values: [1] },
    ];
    const { asked, account } = await endpoint(() => ({
      body: JSON.stringify({ MetricDataResults: results }),
    }));
    const traffic = await new CloudWatch(account).traffic({
      ...{ functionName: "shop", alias: "live", version: "8" },
      ...{ since: new Date("2026-11-24T12:00:30Z"), until: new Date("2026-11-24T12:02:10Z") },
    });
    expect(traffic).toEqual({ invocations: 100, errors: 1 });
    const { StartTime, EndTime, MetricDataQueries } = JSON.parse(asked[0].body);
    const minute = (text: string) => Date.parse(text) / 1000;
    expect([StartTime, EndTime]).toEqual([minute("2026-11-24T12:00:00Z"), minute("2026-11-24T12:03:00Z")]);
    expect(MetricDataQueries[1].MetricStat.Metric.Dimensions).toEqual([
      { Name: "FunctionName", Value: "shop" },
      { Name: "Resource", Value: "shop:live" },
      { Name: "ExecutedVersion", Value: "8" },
    ]);
  });
});
