import { expect, it, onTestFinished } from "vitest";
import { Registry } from "../../src/registry/registry.ts";
import { S3Store } from "../../src/store/s3-store.ts";
import { publishSmallShop } from "../lambda/published-shop.ts";
import { S3Server } from "../store/s3-server.ts";
import { aisle } from "./aisle-process.ts";

it("copies what is live from one registry in S3 to another", async () => {
  const server = await new S3Server().start();
  onTestFinished(() => server.stop());
  const registry = (name: string) => new Registry(new S3Store(`s3://bucket/${name}`, server.settings()));
  await publishSmallShop(registry("stage").store);
  const version = (await registry("stage").channel("production"))?.model ?? "";
  const environment = {
    ...{ AWS_ENDPOINT_URL_S3: server.endpoint, AWS_REGION: "eu-central-1" },
    ...{ AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "testtest" },
  };
  const copy = (...args: string[]) => aisle(["models", "copy", ...args], { environment });
  const [copied, empty, ambiguous] = await Promise.all([
    copy("s3://bucket/stage", "s3://bucket/prod"),
    copy("s3://bucket/none", "s3://bucket/prod"),
    copy(version, "--registry", "s3://bucket/stage"),
  ]);
  expect(copied).toMatchObject({ code: 0, stderr: "" });
  expect(copied.stdout).toContain(`aisle models promote ${version} --registry s3://bucket/prod`);
  expect(await registry("prod").manifest(version)).toEqual(await registry("stage").manifest(version));
  expect(await registry("prod").channelNames()).toEqual([]);
  expect(empty).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining("names no model") });
  expect(ambiguous).toMatchObject({ code: 2, stderr: expect.stringContaining("two registries") });
});
