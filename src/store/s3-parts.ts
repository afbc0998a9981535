import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { S3Failure } from "./s3-failure.ts";
import { attempted } from "./s3-retries.ts";
import { conditionOf, type MarkedPut, settled, sha256Of } from "./s3-writer.ts";

const partBytesMin = 8 * 2 ** 20;
const partCountMax = 10_000;
const sendersMax = 4;

/** Puts a large object part by part: it is there when the last request says so, and not before. Gives its tag. */
export async function putParts(put: MarkedPut): Promise<string> {
  const { client, bucket: Bucket, key: Key, mark } = put;
  const UploadId = await attempted(put.settings, async () => {
    const create = { Bucket, Key, ChecksumAlgorithm: "SHA256", Metadata: { put: mark } } as const;
    const { UploadId } = await client.send(new CreateMultipartUploadCommand(create));
    if (UploadId === undefined) throw new S3Failure("NoUploadId", "it began an upload without naming it");
    return UploadId;
  });
  const upload = { Bucket, Key, UploadId };
  try {
    const MultipartUpload = { Parts: await sendParts(put, upload) };
    const complete = { ...upload, MultipartUpload, ...conditionOf(put) };
    return await settled(
      put,
      async () => (await client.send(new CompleteMultipartUploadCommand(complete))).ETag,
    );
  } catch (error) {
    // What is left costs money until a rule of the bucket removes it. Why it failed matters more than a second failure.
    await client.send(new AbortMultipartUploadCommand(upload)).catch(() => {});
    throw error;
  }
}

interface Upload {
  readonly Bucket: string;
  readonly Key: string;
  readonly UploadId: string;
}

async function sendParts(put: MarkedPut, upload: Upload): Promise<CompletedPart[]> {
  const { bytes } = put;
  const partBytes = Math.max(partBytesMin, Math.ceil(bytes.length / partCountMax));
  const parts: CompletedPart[] = new Array(Math.ceil(bytes.length / partBytes));
  let next = 0;
  let hasFailed = false;
  const sender = async () => {
    while (next < parts.length && !hasFailed) {
      const index = next++;
      const Body = bytes.subarray(index * partBytes, (index + 1) * partBytes);
      try {
        parts[index] = await sendPart(put, upload, { index, Body });
      } catch (error) {
        hasFailed = true;
        throw error;
      }
    }
  };
  const outcomes = await Promise.allSettled(Array.from({ length: sendersMax }, sender));
  for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
  return parts;
}

/** S3 compares the digest with what arrives, and again when the parts are joined. */
async function sendPart(
  put: MarkedPut,
  upload: Upload,
  { index, Body }: { readonly index: number; readonly Body: Uint8Array },
): Promise<CompletedPart> {
  const PartNumber = index + 1;
  const ChecksumSHA256 = sha256Of(Body);
  const part = { ...upload, PartNumber, Body, ChecksumSHA256 };
  const { ETag } = await attempted(put.settings, () => put.client.send(new UploadPartCommand(part)));
  return { PartNumber, ETag, ChecksumSHA256 };
}
