// The least that a handler with a model in S3 does: makes a client and reads the file's bytes into one buffer.
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";

const client = new S3Client({ forcePathStyle: true });
const { Body, ContentLength } = await client.send(
  new GetObjectCommand({ Bucket: process.env.BUCKET, Key: process.env.KEY }),
);
const bytes = Buffer.allocUnsafeSlow(ContentLength);
let length = 0;
for await (const chunk of Body) {
  bytes.set(chunk, length);
  length += chunk.length;
}

export async function handler() {
  return { statusCode: 200, body: `${length}` };
}
