import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { archiveRecords } from "../../src/activity/stream-lines.ts";
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
      // `Activity` is none by default, and the condition's other branch an empty text.
      if ("Fn::If" in Object(value)) return (value as { "Fn::If": [string, Value, string] })["Fn::If"][2];
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

  it("uses a condition in its environment only where nothing is the default: sam local drops them", () => {
    const conditional = Object.entries(variables).filter(([, value]) =>
      [...valuesWithin(value)].some((inner) => Object.hasOwn(Object(inner), "Fn::If")),
    );
    expect(conditional).toEqual([
      ["AISLE_EVENTS", { "Fn::If": ["HasActivity", { "Fn::Sub": `dynamodb:\${ActivityTable}` }, ""] }],
    ]);
  });

  it("takes a table's name as AISLE_EVENTS", () => {
    expect(readConfig({ AISLE_EVENTS: "dynamodb:aisle-dev-ActivityTable-1ABC" }).activity).toBeDefined();
    expect(readConfig({ AISLE_EVENTS: "" }).activity).toBeUndefined();
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

  it("traces nothing itself, since paths name users; functions do", () => {
    expect(template.Resources.Api.Properties.TracingEnabled).toBe(false);
    expect(templateText).toMatch(/^ {4}Tracing: Active$/m);
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
    const expiring = rules.filter((rule) => "ExpirationInDays" in rule);
    expect(expiring.map((rule) => rule.Prefix)).toEqual([
      { "Fn::Sub": `\${Prefix}/events/` },
      { "Fn::Sub": `\${Prefix}/undelivered/` },
      { "Fn::Sub": `\${Prefix}/sweeps/` },
    ]);
    // What was rewritten without somebody is not kept as it was.
    for (const rule of expiring) expect(rule.NoncurrentVersionExpiration).toEqual({ NoncurrentDays: 1 });
    expect(rules.some((rule) => !("Prefix" in rule) && "NoncurrentVersionExpiration" in rule)).toBe(true);
  });
});

describe("the storefront's place", () => {
  const own = Object.entries(template.Resources).filter(([name]) => name.startsWith("Storefront"));

  it("is made only where it is asked for, closed to everyone but CloudFront", () => {
    expect(own.length).toBeGreaterThan(4);
    for (const [name, resource] of own)
      expect((resource as { Condition?: string }).Condition, name).toBe("HasStorefront");
    expect(template.Parameters.Storefront.Default).toBe("no");
    const { PublicAccessBlockConfiguration } = template.Resources.StorefrontBucket.Properties;
    expect(Object.values(PublicAccessBlockConfiguration as object)).toEqual(Array(4).fill(true));
    const statements = within<Record<string, Value>[]>(
      "StorefrontBucketPolicy",
      "PolicyDocument",
      "Statement",
    );
    expect(statements.filter(({ Effect }) => Effect === "Allow").map(({ Principal }) => Principal)).toEqual([
      { Service: "cloudfront.amazonaws.com" },
    ]);
  });

  it("answers the paths of the page's router with the page, and no others", () => {
    const code = template.Resources.StorefrontPaths.Properties.FunctionCode as string;
    const answered = new Function(`${code}; return handler;`)() as (event: object) => { uri: string };
    const uri = (path: string) => answered({ request: { uri: path } }).uri;
    for (const path of ["/", "/product/a%2Fb", "/category/home", "/search", "/checkout", "/order/1"])
      expect(uri(path)).toBe("/index.html");
    for (const path of [
      "/assets/index-1.js",
      "/icon.svg",
      "/product",
      "/product/a/b",
      "/start.html",
      "/searching",
    ])
      expect(uri(path)).toBe(path);
  });

  it("forbids the pages what the local server forbids them, but for asking the API", () => {
    const { SecurityHeadersConfig } = within<Record<string, Record<string, Record<string, Value>>>>(
      "StorefrontHeaders",
      "ResponseHeadersPolicyConfig",
    );
    const policy = JSON.stringify(SecurityHeadersConfig.ContentSecurityPolicy);
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
    expect(policy).toMatch(/connect-src 'self' https:\/\/\$\{Api\}/);
    expect(policy).not.toContain("unsafe");
  });
});

describe("what shoppers do", () => {
  const table = template.Resources.ActivityTable;

  it("goes to a table as the store expects it, which outlives a mistake and keeps nothing for long", () => {
    const key = (name: string, type: string) => ({ AttributeName: name, KeyType: type });
    const attribute = (name: string, type: string) => ({ AttributeName: name, AttributeType: type });
    expect(table).toMatchObject({
      ...{ DeletionPolicy: "RetainExceptOnCreate", UpdateReplacePolicy: "Retain" },
      Properties: {
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: [attribute("pk", "S"), attribute("sk", "S"), attribute("time", "N")],
        KeySchema: [key("pk", "HASH"), key("sk", "RANGE")],
        LocalSecondaryIndexes: [
          {
            IndexName: "by-time",
            KeySchema: [key("pk", "HASH"), key("time", "RANGE")],
            Projection: { ProjectionType: "ALL" },
          },
        ],
        TimeToLiveSpecification: { AttributeName: "expires", Enabled: true },
        StreamSpecification: { StreamViewType: "NEW_IMAGE" },
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 7 },
      },
    });
  });

  it("is filed as training and retention read it: lines of JSON, gzipped, by day", () => {
    const archive = within<Record<string, Value>>("Archive", "ExtendedS3DestinationConfiguration");
    expect(archive).toMatchObject({
      Prefix: { "Fn::Sub": `\${Prefix}/events/day=!{timestamp:yyyy-MM-dd}/` },
      ...{ CompressionFormat: "GZIP", FileExtension: ".jsonl.gz" },
      ProcessingConfiguration: { Enabled: true, Processors: [{ Type: "AppendDelimiterToRecord" }] },
    });
    expect(template.Resources.StreamLines.Properties.ImageConfig).toEqual({
      Command: ["stream-lines.handler"],
    });
  });

  it("passes the pipe if the archive knows what to do with it", () => {
    const [{ Pattern }] = within<{ Pattern: string }[]>(
      "ArchivePipe",
      "SourceParameters",
      "FilterCriteria",
      "Filters",
    );
    const { eventName, dynamodb } = JSON.parse(Pattern) as {
      eventName: string[];
      dynamodb: { Keys: { sk: { S: { prefix: string }[] } } };
    };
    expect(eventName).toEqual(["INSERT"]);
    const records = ["event#1", "exposure#1", "attributes", "owner", "session#1", "item#1", "erased"].map(
      (sk) => ({
        eventName: "INSERT",
        dynamodb: { NewImage: { sk: { S: sk }, body: { S: "{}" } } },
      }),
    );
    const passes = records.filter(({ dynamodb: { NewImage } }) =>
      dynamodb.Keys.sk.S.some(({ prefix }) => NewImage.sk.S.startsWith(prefix)),
    );
    expect(passes).toEqual(records.filter((record) => archiveRecords([record]).length > 0));
    expect(passes).toHaveLength(2);
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
    expect(used).toHaveLength(6);
    for (const config of used) expect(names).toContainEqual(config);
  });
});

describe("alarms", () => {
  const alarms = resourcesOf("AWS::CloudWatch::Alarm");

  it("watch what rots", () => {
    const metrics = alarms.flatMap(([, { Properties }]) =>
      [...valuesWithin(Properties as Value)]
        .filter((value) => Object.hasOwn(Object(value), "MetricName"))
        .map((value) => value as { Namespace: string; MetricName: string })
        .map(({ Namespace, MetricName }) => `${Namespace} ${MetricName}`),
    );
    expect(metrics.sort()).toEqual([
      ...["AWS/ApiGateway 5XXError", "AWS/ApiGateway Latency"],
      ...["AWS/DynamoDB ReadThrottleEvents", "AWS/DynamoDB WriteThrottleEvents"],
      ...["AWS/EventBridge/Pipes ExecutionFailed", "AWS/Firehose DeliveryToS3.DataFreshness"],
      ...["AWS/Lambda Errors", "AWS/Lambda Throttles", "AWS/SQS ApproximateNumberOfMessagesVisible"],
      "AWS/States ExecutionsFailed",
      ...["aisle CatalogAgeHours", "aisle Fallbacks", "aisle ModelAgeHours", "aisle NewestEventAgeHours"],
      "aisle SwapFailures",
    ]);
  });

  it("are each on the dashboard, and each in the runbook with what to do", () => {
    type Parts = Record<string, { "Fn::If": [string, { "Fn::Sub": string }, string] }>;
    const [body, parts] = within<[string, Parts]>("Dashboard", "DashboardBody", "Fn::Sub");
    const dashboard = (...conditions: string[]) =>
      body.replaceAll(/\$\{((?:Activity|Schedule)\w+)\}/g, (_, part: string) => {
        const [condition, then, otherwise] = parts[part]["Fn::If"];
        expect(["HasActivity", "TrainsBySchedule"]).toContain(condition);
        return conditions.includes(condition) ? then["Fn::Sub"] : otherwise;
      });
    const widgetsOf = (text: string) =>
      (JSON.parse(text.replaceAll(/\$\{[^}]+\}/g, "1")) as { widgets: unknown[] }).widgets.length;
    const always = alarms.filter(([, { Condition }]) => Condition === undefined);
    expect(widgetsOf(dashboard())).toBeGreaterThan(always.length);
    expect(widgetsOf(dashboard("HasActivity"))).toBe(widgetsOf(dashboard()) + 2);
    for (const [name, { Condition }] of alarms) {
      expect(dashboard("HasActivity", "TrainsBySchedule"), name).toContain(`\${${name}.Arn}`);
      // What is not made cannot be named.
      expect(dashboard().includes(`\${${name}.Arn}`), name).toBe(Condition === undefined);
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
