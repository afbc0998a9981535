import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readConfig } from "../../src/config.ts";
import {
  deployGuide,
  resourcesOf,
  samConfigText,
  template,
  templateText,
  type Value,
  valuesWithin,
} from "./read-template.ts";

const parameters = Object.entries(template.Parameters);
/** What lies in a resource's properties under these names, one within the other. */
function within<T extends Value>(resource: string, ...path: string[]): T {
  const { Properties } = template.Resources[resource];
  return path.reduce<Value>(
    (inner, name) => (inner as Record<string, Value>)[name],
    Properties as Value,
  ) as T;
}

describe("the template's parameters", () => {
  const { ParameterGroups: groups, ParameterLabels: labels } =
    template.Metadata["AWS::CloudFormation::Interface"];

  it("are each in one group, with a label and a description, and can be left out", () => {
    const names = parameters.map(([name]) => name).sort();
    expect(groups.flatMap((group) => group.Parameters).sort()).toEqual(names);
    expect(Object.keys(labels).sort()).toEqual(names);
    const bare = parameters.filter(([, one]) => !(one.Description?.length > 20) || one.Default === undefined);
    expect(bare).toEqual([]);
  });

  it("are each checked by CloudFormation, and their defaults hold", () => {
    for (const [name, one] of parameters) {
      const isChecked =
        one.AllowedValues ?? one.AllowedPattern ?? one.MinValue ?? (one.MinLength || undefined);
      expect(isChecked, name).toBeDefined();
      if (one.AllowedPattern) expect(String(one.Default), name).toMatch(new RegExp(one.AllowedPattern));
      if (one.AllowedValues) expect(one.AllowedValues, name).toContain(one.Default);
    }
  });

  it("are each used", () => {
    const unused = parameters.filter(
      ([name]) => !new RegExp(`!Ref ${name}\\b|\\{${name}\\}`).test(templateText),
    );
    expect(unused.map(([name]) => name)).toEqual([]);
  });

  it.each([
    ["AllowedOrigins", ["https://shop.example", "https://a.example,http://localhost:5173", "*"]],
    ["BestModel", ["20261123T201500Z-1f0c"]],
    ["Prefix", ["prod", "shop/prod"]],
    ["UserIdClaim", ["cognito:username", "custom:customer_id"]],
  ])("%s takes what the application takes", (name, values) => {
    for (const value of values) expect(value).toMatch(new RegExp(template.Parameters[name].AllowedPattern!));
  });

  it.each([
    ["AllowedOrigins", ["https://shop.example/", "shop.example", "https://a.example, https://b.example"]],
    ["Prefix", ["/prod", "prod/", "a//b", "prod;"]],
    ["Release", ["abc", "G".repeat(64)]],
    ["KeysSecretArn", ["aisle/keys", "arn:aws:secretsmanager:eu-central-1:123456789012:secret:keys"]],
  ])("%s refuses what would fail later", (name, values) => {
    for (const value of values) {
      expect(value).not.toMatch(new RegExp(template.Parameters[name].AllowedPattern!));
    }
  });
});

describe("the serving function", () => {
  const variables = within<Record<string, Value>>("Recommendations", "Environment", "Variables");

  it("gets an environment that the application takes, with every parameter at its default", () => {
    const given = (value: Value): string => {
      if (typeof value === "string") return value;
      const { Ref: name, "Fn::Sub": text } = value as Record<string, string>;
      return text ?? String(template.Parameters[name].Default);
    };
    const environment = Object.fromEntries(
      Object.entries(variables).map(([name, value]) => [name, given(value)]),
    );
    expect(readConfig(environment)).toMatchObject({ auth: "keys", channel: "production", mode: "follow" });
    const known = readFileSync(new URL("../../src/config.ts", import.meta.url), "utf8");
    expect(Object.keys(variables).filter((name) => !known.includes(`  ${name}: z`))).toEqual([]);
  });

  it("uses no conditions in its environment: sam local drops them", () => {
    const inner = Object.values(variables).flatMap((value) => [...valuesWithin(value)]);
    expect(inner.filter((value) => Object.hasOwn(Object(value), "Fn::If"))).toEqual([]);
  });

  it("reserves no concurrency: a new account has none to spare", () => {
    for (const [name, { Properties }] of resourcesOf("AWS::Serverless::Function")) {
      expect(Properties, name).not.toHaveProperty("ReservedConcurrentExecutions");
    }
  });
});

describe("the gateway", () => {
  it("logs neither paths nor queries nor addresses, which may tell who asked for what", () => {
    const format = within<string>("Api", "AccessLogSetting", "Format");
    const variables = [...format.matchAll(/\$context\.([\w.]+)/g)].map(([, name]) => name);
    expect(variables).toContain("requestId");
    const telling = /^path$|query|header|sourceIp|userAgent|authorizer|identity\.(?!apiKeyId$)|domain/i;
    expect(variables.filter((name) => telling.test(name))).toEqual([]);
    const line = JSON.parse(format.replaceAll(/\$context\.[\w.]+/g, "x"));
    expect(Object.keys(line)).toHaveLength(variables.length);
  });

  it("answers its own errors by problems", () => {
    const responses = within<{
      [name: string]: { statusCode: number; responseTemplates: Record<string, string> };
    }>("Api", "DefinitionBody", "x-amazon-apigateway-gateway-responses");
    expect(Object.keys(responses)).toEqual(
      expect.arrayContaining(["DEFAULT_4XX", "DEFAULT_5XX", "THROTTLED"]),
    );
    for (const [name, { statusCode, responseTemplates }] of Object.entries(responses)) {
      const text = responseTemplates["application/json"].replace(
        "$context.error.messageString",
        '"Forbidden"',
      );
      const problem = JSON.parse(text);
      expect(problem, name).toMatchObject({ type: "about:blank", detail: "Forbidden" });
      expect(problem.status, name).toBe(statusCode);
    }
  });
});

describe("the bucket", () => {
  it("is versioned, encrypted, closed to the public, and outlives the stack", () => {
    const { Properties, ...attributes } = template.Resources.Bucket;
    expect(attributes).toMatchObject({
      DeletionPolicy: "RetainExceptOnCreate",
      UpdateReplacePolicy: "Retain",
    });
    expect(Properties.VersioningConfiguration).toEqual({ Status: "Enabled" });
    expect(JSON.stringify(Properties.BucketEncryption)).toContain("AES256");
    expect(Object.values(Properties.PublicAccessBlockConfiguration as object)).toEqual(Array(4).fill(true));
  });

  it("answers over TLS only", () => {
    const [{ Effect, Principal, Action, Resource, Condition }] = within<Record<string, Value>[]>(
      "BucketPolicy",
      "PolicyDocument",
      "Statement",
    );
    expect({ Effect, Principal, Action, Condition }).toEqual({
      ...{ Effect: "Deny", Principal: "*", Action: "s3:*" },
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    });
    expect(Resource).toHaveLength(2);
  });

  it("forgets what was replaced and raw events, and never a model that may be live", () => {
    const rules = within<Record<string, Value>[]>("Bucket", "LifecycleConfiguration", "Rules");
    const expiring = rules.filter((rule) => "ExpirationInDays" in rule).map((rule) => rule.Prefix);
    expect(expiring).toEqual([{ "Fn::Sub": `\${Prefix}/events/` }]);
    expect(rules.some((rule) => !("Prefix" in rule) && "NoncurrentVersionExpiration" in rule)).toBe(true);
  });
});

describe("logs", () => {
  it("of every function and of the gateway end after the days that a parameter says", () => {
    const groups = resourcesOf("AWS::Logs::LogGroup");
    for (const [name, { Properties }] of groups) {
      expect(Properties.RetentionInDays, name).toEqual({ Ref: "LogRetentionDays" });
    }
    const used = resourcesOf("AWS::Serverless::Function").map(
      ([, { Properties }]) => Properties.LoggingConfig,
    );
    const names = groups.map(([name]) => ({ LogGroup: { Ref: name } }));
    expect(used).toHaveLength(2);
    for (const config of used) expect(names).toContainEqual(config);
  });
});

describe("alarms", () => {
  const alarms = resourcesOf("AWS::CloudWatch::Alarm");

  it("watch what rots", () => {
    const metrics = alarms.map(([, { Properties }]) => `${Properties.Namespace} ${Properties.MetricName}`);
    expect(metrics.sort()).toEqual([
      ...["AWS/ApiGateway 5XXError", "AWS/ApiGateway Latency", "AWS/Lambda Errors", "AWS/Lambda Throttles"],
      ...["aisle CatalogAgeHours", "aisle Fallbacks", "aisle ModelAgeHours", "aisle NewestEventAgeHours"],
      "aisle SwapFailures",
    ]);
  });

  it("are each on the dashboard, and each in the runbook with what to do", () => {
    const text = within<string>("Dashboard", "DashboardBody", "Fn::Sub");
    const { widgets } = JSON.parse(text.replaceAll(/\$\{[^}]+\}/g, "1")) as { widgets: unknown[] };
    expect(widgets.length).toBeGreaterThan(alarms.length);
    for (const [name] of alarms) {
      expect(text, name).toContain(`\${${name}.Arn}`);
      const [, ...cells] = deployGuide.match(new RegExp(`^\\| \`${name}\` \\|(.+)\\|(.+)\\|$`, "m")) ?? [];
      expect(
        cells.map((cell) => cell.trim().length > 20),
        name,
      ).toEqual([true, true]);
    }
  });

  it("tell somebody when they ring and when they stop", () => {
    const told = { "Fn::If": ["HasAlarmEmail", [{ Ref: "AlarmTopic" }], { Ref: "AWS::NoValue" }] };
    for (const [name, { Properties }] of alarms) {
      expect([Properties.AlarmActions, Properties.OKActions], name).toEqual([told, told]);
    }
  });
});

describe("samconfig.toml", () => {
  const overrides = [...samConfigText.matchAll(/^ {2}"(\w+)=(.*)",$/gm)].map(([, name, value]) => [
    name,
    value,
  ]);

  it("names parameters of the template, with values that they take", () => {
    expect(overrides.length).toBeGreaterThan(10);
    for (const [name, value] of overrides) {
      const parameter = template.Parameters[name];
      expect(parameter, name).toBeDefined();
      if (parameter.AllowedPattern) expect(value, name).toMatch(new RegExp(parameter.AllowedPattern));
      if (parameter.AllowedValues) expect(parameter.AllowedValues.map(String), name).toContain(value);
    }
  });

  it("keeps environments apart, which one account may hold together", () => {
    for (const name of ["Channel", "Prefix", "Stage"]) {
      const values = overrides.filter(([key]) => key === name).map(([, value]) => value);
      expect(new Set(values).size, name).toBe(2);
    }
  });
});
