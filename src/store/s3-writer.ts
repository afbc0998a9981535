import { createHash, randomUUID } from "node:crypto";
import { DeleteObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { failureOf, isMissing, isPassing, S3Failure } from "./s3-failure.ts";
import { putParts } from "./s3-parts.ts";
import type { S3Settings } from "./s3-place.ts";
import type { Looked } from "./s3-reader.ts";
import { attempted, withRetries } from "./s3-retries.ts";
import { ConflictError, type PutCondition } from "./store.ts";

/** Up to here an object goes in one request. */
const wholeBytesMax = 16 * 2 ** 20;

/** One object to be put. */
export interface Put {
  readonly client: S3Client;
  readonly settings: S3Settings;
  readonly bucket: string;
  /** in the bucket, so with the store's prefix */
  readonly key: string;
  readonly bytes: Uint8Array;
  readonly condition: PutCondition | undefined;
  /** the object, as a person names it */
  readonly where: string;
  /** what is there now */
  readonly look: () => Promise<Looked | undefined>;
}

/** A put with the mark by which its writer knows it again. */
export type MarkedPut = Put & { readonly mark: string };

/**
 * Puts an object whole or not at all, in parts where it is large.
 * @throws ConflictError where the condition does not hold
 */
export async function put(given: Put): Promise<{ readonly etag: string }> {
  const marked = { ...given, mark: randomUUID() };
  const isLarge = marked.bytes.length > wholeBytesMax;
  // S3 looks at the condition when all parts are there: that should not be for nothing.
  if (isLarge && (await isHopeless(marked))) throw lost(marked);
  const once = isLarge ? () => putParts(marked) : () => putWhole(marked);
  // Writers that meet are told so by S3 and begin again, with all parts.
  const etag = await withRetries(once, { settings: given.settings, isPassing: isRace });
  return { etag };
}

function putWhole(put: MarkedPut): Promise<string> {
  const { client, bucket: Bucket, key: Key, bytes: Body, mark } = put;
  const ChecksumSHA256 = sha256Of(Body);
  const command = { Bucket, Key, Body, ChecksumSHA256, Metadata: { put: mark }, ...conditionOf(put) };
  return settled(put, async () => (await client.send(new PutObjectCommand(command))).ETag);
}

/** A key that is not there is no error, with S3 as here. */
export async function remove({
  client,
  settings,
  bucket,
  key,
}: Pick<Put, "client" | "settings" | "bucket" | "key">): Promise<void> {
  await attempted(settings, () => client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key })));
}

/** As S3 wants it: in Base64, to be compared with the bytes that arrive. */
export function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("base64");
}

export function conditionOf({ condition }: Put): { IfNoneMatch?: string; IfMatch?: string } {
  if (condition === undefined) return {};
  return "ifMatch" in condition ? { IfMatch: condition.ifMatch } : { IfNoneMatch: condition.ifNoneMatch };
}

/**
 * Sends the request that makes an object visible until it is known what came of it. One whose answer was lost may
 * have arrived all the same, and then its own repetition is refused: the mark of what is there decides.
 * @throws ConflictError where somebody else's object is there, or none where one must be
 */
export async function settled(put: MarkedPut, send: () => Promise<string | undefined>): Promise<string> {
  let mayHaveArrived = false;
  const once = async () => {
    try {
      return (await send()) ?? (await ownEtag(put));
    } catch (error) {
      const failure = failureOf(error);
      if (isPassing(failure)) mayHaveArrived = true;
      throw failure;
    }
  };
  try {
    const etag = await withRetries(once, { settings: put.settings });
    if (etag !== undefined) return etag;
    throw new ConflictError(`${put.where} was changed by somebody else at once`);
  } catch (error) {
    const own = mayHaveArrived ? await ownEtag(put) : undefined;
    if (own !== undefined) return own;
    if (put.condition && error instanceof S3Failure && (await isLost(error, put))) throw lost(put);
    throw error;
  }
}

/** The tag of what is there, if this put brought it. */
async function ownEtag({ look, mark }: MarkedPut): Promise<string | undefined> {
  const there = await look();
  return there?.mark === mark ? there.etag : undefined;
}

async function isLost(failure: S3Failure, put: Put): Promise<boolean> {
  if (failure.status === 412 || isMissing(failure)) return true;
  return failure.status === 409 && (await isHopeless(put));
}

/** Does the condition fail already? */
async function isHopeless({ condition, look }: Put): Promise<boolean> {
  if (condition === undefined) return false;
  const there = await look();
  return "ifMatch" in condition ? there?.etag !== condition.ifMatch : there !== undefined;
}

/** Two writers met and neither has won yet. */
function isRace(error: unknown): boolean {
  return error instanceof S3Failure && error.status === 409;
}

function lost({ where, condition }: Put): ConflictError {
  return new ConflictError(
    condition !== undefined && "ifMatch" in condition
      ? `${where} was changed or removed by somebody else meanwhile`
      : `${where} exists already and is never changed`,
  );
}
