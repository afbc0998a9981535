import { DeleteObjectCommand, ListObjectsV2Command, type S3Client } from "@aws-sdk/client-s3";
import { failureOf } from "./s3-failure.ts";
import type { S3Settings } from "./s3-place.ts";
import { withRetries } from "./s3-retries.ts";

export interface Bucket {
  readonly client: S3Client;
  readonly bucket: string;
  readonly settings: S3Settings;
}

/** Every key of the bucket that begins with the prefix, a page after the other, in no order. */
export async function keysUnder({ client, bucket, settings }: Bucket, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  let token: string | undefined;
  do {
    const page = { Bucket: bucket, Prefix: prefix, ...(token !== undefined && { ContinuationToken: token }) };
    const answer = await attempted(settings, () => client.send(new ListObjectsV2Command(page)));
    for (const { Key } of answer.Contents ?? []) if (Key !== undefined) keys.push(Key);
    token = answer.IsTruncated ? answer.NextContinuationToken : undefined;
  } while (token !== undefined);
  return keys;
}

export async function removeKey({ client, bucket, settings }: Bucket, key: string): Promise<void> {
  await attempted(settings, () => client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key })));
}

function attempted<T>(settings: S3Settings, work: () => Promise<T>): Promise<T> {
  const once = () =>
    work().catch((error) => {
      throw failureOf(error);
    });
  return withRetries(once, { settings });
}
