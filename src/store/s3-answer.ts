import { createHash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { S3Failure } from "./s3-failure.ts";
import { StoreError } from "./store.ts";

/** The user metadata by which a writer knows its own object again. */
export const markHeader = "x-amz-meta-put";

export interface Head {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
}

/** S3 explains itself in a small XML document. */
export function failureIn({ status, headers }: Head, body: Buffer): S3Failure {
  const text = body.toString("utf8");
  const read = (name: string) => textIn(text, name);
  const told = headers["x-amz-bucket-region"] ?? read("Region");
  const region = typeof told === "string" ? told : undefined;
  const message = read("Message") ?? `it answered ${status}`;
  return new S3Failure(read("Code") ?? `HTTP ${status}`, message, { status, region });
}

/** What a page of a list names. Signs that XML escapes stand in no key of a store, so they may stay as they are. */
export function keysIn(page: string): string[] {
  if (!page.includes("<ListBucketResult"))
    throw new StoreError("the endpoint answers with something else than a list");
  return [...page.matchAll(/<Key>([^<]*)<\/Key>/g)].map((match) => match[1]);
}

/** What to ask for the next page with; `undefined` on the last one. */
export function nextPageIn(page: string): string | undefined {
  if (textIn(page, "IsTruncated") !== "true") return undefined;
  const token = textIn(page, "NextContinuationToken");
  if (token === undefined) throw new StoreError("the endpoint's list is cut off without saying how to go on");
  return token.replaceAll("&amp;", "&");
}

function textIn(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
}

/** @throws S3Failure where these are not the bytes whose SHA-256 S3 checked when they came */
export function checkDigest(bytes: Uint8Array, { headers }: Head): void {
  const expected = headers["x-amz-checksum-sha256"];
  // One with a number behind it is of parts and not of these bytes.
  if (typeof expected !== "string" || expected.includes("-")) return;
  const found = createHash("sha256").update(bytes).digest("base64");
  if (found === expected) return;
  throw new S3Failure("BadDigest", `it arrived with the SHA-256 ${found} where S3 keeps ${expected}`);
}

export function etagIn({ headers }: Head): string {
  if (headers.etag !== undefined) return headers.etag;
  throw new StoreError(
    "the endpoint gives no ETag, by which changes are told apart: it cannot hold a registry",
  );
}

export function markIn({ headers }: Head): string | undefined {
  const mark = headers[markHeader];
  return typeof mark === "string" ? mark : undefined;
}

/** Bytes of the whole object, of which the answer may be a part. */
export function sizeIn({ headers }: Head): number {
  const range = headers["content-range"];
  return Number(range === undefined ? headers["content-length"] : range.slice(range.lastIndexOf("/") + 1));
}

export function wrongSize(where: string, found: number, expected: number): StoreError {
  return new StoreError(
    `${where} has ${found} bytes where ${expected} were expected: it is damaged or half copied`,
  );
}
