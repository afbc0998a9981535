import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import type { S3Settings } from "../../src/store/s3-place.ts";
import { S3Server } from "./s3-server.ts";

/** What the suites of stores and registries run on: a real S3 where AISLE_TEST_S3 names one, else the stand-in. */
export async function startS3(): Promise<{ settings: S3Settings; stop: () => Promise<void> }> {
  const endpoint = process.env.AISLE_TEST_S3;
  if (endpoint === undefined) {
    const server = await new S3Server().start();
    return { settings: server.settings(), stop: () => server.stop() };
  }
  const credentials = { accessKeyId: "test", secretAccessKey: "testtest" };
  const settings = { endpoint, region: "eu-central-1", credentials };
  const client = new S3Client({ ...settings, forcePathStyle: true });
  await client.send(new CreateBucketCommand({ Bucket: "bucket" })).catch((error: Error) => {
    if (!/^BucketAlready/.test(error.name)) throw error;
  });
  return { settings, stop: async () => client.destroy() };
}
