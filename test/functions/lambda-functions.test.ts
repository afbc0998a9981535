import { describe, expect, it } from "vitest";
import { ChangedMeanwhileError, FunctionsError, splitFunctionName } from "../../src/functions/functions.ts";
import { LambdaFunctions } from "../../src/functions/lambda-functions.ts";
import { type Asked, endpoint, type Given } from "./endpoint.ts";

const json = (value: unknown, status = 200, headers = {}): Given => ({
  status,
  headers,
  body: JSON.stringify(value),
});
const failure = (type: string, message: string, status: number): Given =>
  json({ Type: "User", message, Message: message }, status, { "x-amzn-errortype": type });

async function lambda(answer: (asked: Asked) => Given) {
  const { asked, account } = await endpoint(answer);
  return { asked, functions: new LambdaFunctions(account) };
}

const described = {
  ...{ CodeSha256: "c0de", MemorySize: 1769, Timeout: 10, RevisionId: "r1" },
  ...{ State: "Active", LastUpdateStatus: "Successful" },
  Environment: { Variables: { BEST_MODEL: "m1" } },
};

describe("functions on Lambda", () => {
  it("are read, of $LATEST or of a version", async () => {
    const { asked, functions } = await lambda(() => json(described));
    expect(await functions.configuration("shop", "7")).toEqual({
      ...{ environment: { BEST_MODEL: "m1" }, code: "c0de", memoryMegabytes: 1769, timeoutSeconds: 10 },
      revision: "r1",
    });
    await functions.configuration("shop");
    expect(asked.map(({ path }) => path)).toEqual([
      "/2015-03-31/functions/shop/configuration?Qualifier=7",
      "/2015-03-31/functions/shop/configuration",
    ]);
  });

  it("keep an environment that cannot be read, instead of writing back an empty one", async () => {
    const Environment = { Error: { ErrorCode: "AccessDeniedException", Message: "kms" } };
    const { functions } = await lambda(() => json({ ...described, Environment }));
    await expect(functions.configuration("shop")).rejects.toThrow(/grant kms:Decrypt/);
  });

  it("get the whole environment, under the revision that was read, and are waited for", async () => {
    const { asked, functions } = await lambda(({ path }) =>
      json(path === "/2015-03-31/functions/shop" ? { Configuration: described } : described),
    );
    await functions.setEnvironment("shop", { BEST_MODEL: "m2", OTHER: "x" }, "r1");
    expect(asked[0]).toMatchObject({ method: "PUT", path: "/2015-03-31/functions/shop/configuration" });
    expect(JSON.parse(asked[0].body)).toEqual({
      Environment: { Variables: { BEST_MODEL: "m2", OTHER: "x" } },
      RevisionId: "r1",
    });
    expect(asked[1]).toMatchObject({ method: "GET", path: "/2015-03-31/functions/shop" });
  });

  it("are published, and the version is waited for", async () => {
    const { asked, functions } = await lambda(() => json({ ...described, Version: "8" }));
    expect(await functions.publish("shop", "a rollout", "r2")).toBe("8");
    expect(JSON.parse(asked[0].body)).toEqual({ Description: "a rollout", RevisionId: "r2" });
    expect(asked[1].path).toBe("/2015-03-31/functions/shop/configuration?Qualifier=8");
  });

  it("list their published versions over all pages", async () => {
    const pages: Record<string, unknown> = {
      "": { Versions: [{ Version: "$LATEST" }, { Version: "10", Description: "ten" }], NextMarker: "more" },
      more: { Versions: [{ Version: "9" }] },
    };
    const { functions } = await lambda(({ path }) =>
      json(pages[new URL(path, "http://x").searchParams.get("Marker") ?? ""]),
    );
    expect(await functions.versions("shop")).toEqual([
      { version: "9", description: "" },
      { version: "10", description: "ten" },
    ]);
  });

  it("have aliases, whose weights are set and taken away", async () => {
    const { asked, functions } = await lambda(() =>
      json({
        FunctionVersion: "7",
        RevisionId: "a1",
        RoutingConfig: { AdditionalVersionWeights: { "8": 0.1 } },
      }),
    );
    const alias = await functions.alias("shop", "live");
    expect(alias).toEqual({ version: "7", weights: { "8": 0.1 }, revision: "a1" });
    await functions.pointAlias("shop", "live", { ...alias, version: "8", weights: {} });
    expect(JSON.parse(asked[1].body)).toEqual({
      ...{ FunctionVersion: "8", RevisionId: "a1", RoutingConfig: { AdditionalVersionWeights: {} } },
    });
  });

  it("are called by version, and say what they gave or how they failed", async () => {
    const answers: Given[] = [
      json({ statusCode: 200 }),
      json({ errorMessage: "no memory" }, 200, { "x-amz-function-error": "Unhandled" }),
      { body: "<html>" },
    ];
    const { asked, functions } = await lambda(() => answers.shift()!);
    expect(await functions.invoke("shop", "8", { a: 1 })).toEqual({ payload: { statusCode: 200 } });
    expect(asked[0]).toMatchObject({
      path: "/2015-03-31/functions/shop/invocations?Qualifier=8",
      body: '{"a":1}',
    });
    expect((await functions.invoke("shop", "8", {})).failure).toMatch(/^Unhandled: .*no memory/);
    expect((await functions.invoke("shop", "8", {})).failure).toMatch(/no JSON/);
  });

  it("fail by name, and differently where somebody else was faster", async () => {
    const answers = [
      failure("PreconditionFailedException", "revision", 412),
      failure("ResourceNotFoundException", "none", 404),
      failure("AccessDeniedException", "not authorized to perform lambda:GetAlias", 403),
    ];
    const { functions } = await lambda(() => answers.shift()!);
    await expect(
      functions.pointAlias("shop", "live", { version: "1", weights: {}, revision: "a" }),
    ).rejects.toThrow(ChangedMeanwhileError);
    await expect(functions.alias("shop", "live")).rejects.toThrow(/alias shop:live is not there/);
    const denied = functions.alias("shop", "live");
    await expect(denied).rejects.toThrow(FunctionsError);
    await expect(denied).rejects.toThrow(/alias shop:live: AccessDeniedException: .*lambda:GetAlias/);
  });

  it("are named with and without their version", () => {
    const arn = "arn:aws:lambda:eu-central-1:123456789012:function:shop:7";
    expect(splitFunctionName(arn)).toEqual({ name: "shop", qualifier: "7" });
    expect(splitFunctionName("shop:7")).toEqual({ name: "shop", qualifier: "7" });
    expect(splitFunctionName("shop")).toEqual({ name: "shop" });
  });
});
