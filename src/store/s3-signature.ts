import { createHash, createHmac } from "node:crypto";
import type { Credentials } from "./s3-place.ts";

const nothing = sha256("");

export interface Signing {
  readonly region: string;
  readonly credentials: Credentials;
  readonly now: Date;
}

/**
 * Signs a GET without a body (AWS Signature Version 4). Gives every header to send: `host`, what was given, and the
 * signature over them. The path must be encoded as `encodeKey` does, the query as `encodeQuery` does.
 */
export function signGet(
  url: URL,
  headers: Readonly<Record<string, string>>,
  { region, credentials, now }: Signing,
): Record<string, string> {
  const time = now.toISOString().replace(/[-:]|\.\d{3}/g, "");
  const day = time.slice(0, 8);
  const all: Record<string, string> = {
    ...headers,
    host: url.host,
    "x-amz-content-sha256": nothing,
    "x-amz-date": time,
    ...(credentials.sessionToken && { "x-amz-security-token": credentials.sessionToken }),
  };
  const names = Object.keys(all).sort();
  const lines = names.map((name) => `${name}:${all[name].trim().replace(/ +/g, " ")}\n`).join("");
  const signed = names.join(";");
  const request = ["GET", url.pathname, url.search.slice(1), lines, signed, nothing].join("\n");
  const scope = `${day}/${region}/s3/aws4_request`;
  const text = ["AWS4-HMAC-SHA256", time, scope, sha256(request)].join("\n");
  const key = [day, region, "s3", "aws4_request"].reduce<string | Buffer>(
    (secret, part) => createHmac("sha256", secret).update(part).digest(),
    `AWS4${credentials.secretAccessKey}`,
  );
  const signature = createHmac("sha256", key).update(text).digest("hex");
  const credential = `${credentials.accessKeyId}/${scope}`;
  return {
    ...all,
    authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${signed}, Signature=${signature}`,
  };
}

/** A key as it stands in a URL and in what is signed: of what keys hold, only `=` is escaped. */
export function encodeKey(key: string): string {
  return key.replaceAll("=", "%3D");
}

/** A query as it is signed: everything escaped that may be, and in the order of the names so escaped. */
export function encodeQuery(query: Readonly<Record<string, string>>): string {
  return Object.entries(query)
    .map(([name, value]) => [escaped(name), escaped(value)])
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map((pair) => pair.join("="))
    .join("&");
}

function escaped(text: string): string {
  const sign = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(text).replace(/[!'()*]/g, sign);
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
