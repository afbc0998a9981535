import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it, onTestFinished, vi } from "vitest";
import { KeyFileError } from "../../src/keys/issued-keys.ts";
import { openKeys } from "../../src/keys/open-keys.ts";
import { isSecretArn, SecretKeys } from "../../src/keys/secret-keys.ts";

const arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop/keys-AbCdEf";

function textOf(key: string, shopperSecret = "s".repeat(43)): string {
  const createdAt = "2026-11-24T12:00:00Z";
  const sha256 = createHash("sha256").update(key).digest("hex");
  return JSON.stringify({
    keys: [
      { id: "server-1", role: "server", createdAt, sha256 },
      { id: "shopper-1", role: "shopper", createdAt, secret: shopperSecret },
    ],
  });
}

/** Keys whose secret and whose clock the test sets. */
function settable(text: string) {
  const state = { text, fails: false, time: 0, reads: 0 };
  const read = async () => {
    state.reads++;
    if (state.fails) throw new Error("not today");
    return state.text;
  };
  return { state, keys: new SecretKeys(arn, { read, now: () => state.time }) };
}

it("is a secret by its ARN, and else a file", async () => {
  expect(isSecretArn(arn)).toBe(true);
  expect(isSecretArn(arn.replace("aws:", "aws-cn:"))).toBe(true);
  expect(isSecretArn("keys.json")).toBe(false);
  expect(isSecretArn("arn:aws:ssm:eu-central-1:123456789012:parameter/keys")).toBe(false);
  expect((await openKeys("no/such/keys.json")).findKey("a")).toBeUndefined();
});

it("knows the keys of a secret, and those of the next one within a minute, beside a request", async () => {
  const { state, keys } = settable(textOf("first"));
  await keys.refresh();
  expect(keys.findKey("first")).toEqual({ id: "server-1", role: "server" });
  expect(keys.findKey("second")).toBeUndefined();
  expect(keys.signingSecrets).toEqual([Buffer.from("s".repeat(43), "base64url")]);
  state.text = textOf("second");
  state.time = 59_000;
  expect(keys.findKey("first")).toBeDefined();
  expect(state.reads).toBe(1);
  state.time = 60_000;
  expect(keys.findKey("first")).toBeDefined();
  await keys.refresh();
  expect(state.reads).toBe(2);
  expect(keys.findKey("first")).toBeUndefined();
  expect(keys.findKey("second")).toBeDefined();
});

it("goes on with the last keys while the secret cannot be read or makes no sense", async () => {
  const { state, keys } = settable(textOf("first"));
  await keys.refresh();
  for (const [fails, text] of [
    [true, textOf("second")],
    [false, "{}"],
  ] as const) {
    Object.assign(state, { fails, text, time: state.time + 60_000 });
    await keys.refresh();
    expect(keys.findKey("first")).toBeDefined();
    expect(keys.findKey("second")).toBeUndefined();
  }
});

it("lets nobody in before the first keys were read, and recovers by itself", async () => {
  const { state, keys } = settable(textOf("first"));
  state.fails = true;
  await keys.refresh();
  expect(() => keys.findKey("first")).toThrow(KeyFileError);
  expect(() => keys.signingSecrets).toThrow(/shop\/keys-AbCdEf cannot be used: not today/);
  state.fails = false;
  expect(() => keys.findKey("first")).toThrow(KeyFileError);
  expect(state.reads).toBe(1);
  state.time = 5000;
  expect(() => keys.findKey("first")).toThrow(KeyFileError);
  await keys.refresh();
  expect(keys.findKey("first")).toBeDefined();
});

it("asks Secrets Manager for the secret, and says what to grant where it refuses", async () => {
  const asked: unknown[] = [];
  let answer: { status: number; type?: string; body: object } = {
    status: 200,
    body: { SecretString: textOf("first") },
  };
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      asked.push([request.headers["x-amz-target"], JSON.parse(body)]);
      const { status, type, body: text } = answer;
      response.writeHead(status, type ? { "x-amzn-errortype": type } : {}).end(JSON.stringify(text));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    vi.unstubAllEnvs();
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  vi.stubEnv("AWS_ENDPOINT_URL_SECRETS_MANAGER", `http://127.0.0.1:${port}`);
  vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
  const keys = await openKeys(arn);
  expect(keys.findKey("first")).toBeDefined();
  expect(asked).toEqual([["secretsmanager.GetSecretValue", { SecretId: arn }]]);
  answer = { status: 400, type: "AccessDeniedException", body: { message: "no" } };
  const denied = await openKeys(arn);
  expect(() => denied.findKey("first")).toThrow(/grant secretsmanager:GetSecretValue/);
});
