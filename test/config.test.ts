import { describe, expect, it } from "vitest";
import { ConfigError, readConfig } from "../src/config.ts";

describe("the environment", () => {
  it("may be empty", () => {
    expect(readConfig({})).toEqual({
      registry: ".aisle",
      channel: "production",
      mode: "follow",
      bestModel: undefined,
      auth: undefined,
      keysFile: undefined,
      gatewayAuth: "NONE",
      userIdClaim: "sub",
      activity: undefined,
      modelTtlSeconds: 30,
      catalogTtlSeconds: 60,
      port: 3000,
      allowedOrigins: [],
      memoryBytesMax: undefined,
      functionMegabytes: undefined,
      functionSeconds: 900,
      s3: { region: undefined, endpoint: undefined, credentials: undefined },
    });
  });

  it("is read whole; an empty variable counts as absent, and others are none of its business", () => {
    const environment = {
      AISLE_REGISTRY: "/data/models",
      AISLE_CHANNEL: "market-fr",
      AISLE_MODE: "pinned",
      BEST_MODEL: "20261123T201500Z-1f0c",
      AUTH: "keys",
      AISLE_KEYS: "keys.json",
      GATEWAY_AUTH: "COGNITO",
      USER_ID_CLAIM: "custom:customer",
      AISLE_EVENTS: "dynamodb:shop-activity",
      SCORE_TEMPERATURE: "0.25",
      MODEL_TTL: "0",
      CATALOG_TTL: "86400",
      PORT: "8080",
      ALLOWED_ORIGINS: "https://shop.example, http://localhost:5173,",
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "1769",
      HOME: "/root",
    };
    expect(readConfig(environment)).toEqual({
      registry: "/data/models",
      channel: "market-fr",
      mode: "pinned",
      bestModel: "20261123T201500Z-1f0c",
      auth: "keys",
      keysFile: "keys.json",
      gatewayAuth: "COGNITO",
      userIdClaim: "custom:customer",
      scoreTemperature: 0.25,
      activity: "dynamodb:shop-activity",
      modelTtlSeconds: 0,
      catalogTtlSeconds: 86_400,
      port: 8080,
      allowedOrigins: ["https://shop.example", "http://localhost:5173"],
      memoryBytesMax: 1641 * 1024 * 1024,
      functionMegabytes: 1769,
      functionSeconds: 900,
      s3: { region: undefined, endpoint: undefined, credentials: undefined },
    });
    expect(readConfig({ PORT: "", AUTH: "", AISLE_REGISTRY: "" })).toEqual(readConfig({}));
    expect(readConfig({ ALLOWED_ORIGINS: "*" }).allowedOrigins).toEqual(["*"]);
  });

  it.each([
    ["PORT", "http"],
    ["PORT", "65536"],
    ["PORT", "-1"],
    ["PORT", "80.5"],
    ["PORT", " "],
    ["MODEL_TTL", "NaN"],
    ["MODEL_TTL", "1e3"],
    ["CATALOG_TTL", "86401"],
    ["AUTH", "none"],
    ["AWS_ENDPOINT_URL_S3", "127.0.0.1:9000"],
    ["AISLE_MODE", "canary"],
    ["AISLE_EVENTS", "events.csv"],
    ["AISLE_EVENTS", "sqlite:"],
    ["SCORE_TEMPERATURE", "0"],
    ["SCORE_TEMPERATURE", "cold"],
    ["AISLE_CHANNEL", "../production"],
    ["AISLE_CHANNEL", "production.rollout"],
    ["ALLOWED_ORIGINS", "https://shop.example/"],
    ["ALLOWED_ORIGINS", "shop.example"],
    ["ALLOWED_ORIGINS", "https://a.example,https://b.example/path"],
  ])("with %s=%s is refused by name", (name, value) => {
    const reading = () => readConfig({ [name]: value });
    expect(reading).toThrow(ConfigError);
    expect(reading).toThrow(new RegExp(`^the environment is not usable:\n {2}${name}: [^\n]+$`));
  });

  it("takes from AWS's variables what they say; a profile goes before keys", () => {
    const keys = { AWS_ACCESS_KEY_ID: "id", AWS_SECRET_ACCESS_KEY: "secret" };
    const endpoint = { AWS_ENDPOINT_URL: "http://127.0.0.1:9000" };
    expect(readConfig({ ...keys, ...endpoint, AWS_REGION: "eu-central-1" }).s3).toEqual({
      region: "eu-central-1",
      endpoint: "http://127.0.0.1:9000",
      credentials: { accessKeyId: "id", secretAccessKey: "secret", sessionToken: undefined },
    });
    expect(readConfig({ ...endpoint, AWS_ENDPOINT_URL_S3: "https://s3.shop.example" }).s3.endpoint).toBe(
      "https://s3.shop.example",
    );
    expect(readConfig({ ...keys, AWS_PROFILE: "shop" }).s3.credentials).toBeUndefined();
  });

  it("with several mistakes names them all at once", () => {
    const reading = () => readConfig({ PORT: "x", MODEL_TTL: "y", AUTH: "z", AISLE_MODE: "pinned" });
    for (const name of ["PORT", "MODEL_TTL", "AUTH", "BEST_MODEL"]) expect(reading).toThrow(`\n  ${name}: `);
  });
});
