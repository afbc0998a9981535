import { isKey, StoreError } from "./store.ts";

/** What proves who asks. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** How S3 is reached. What is absent is found as AWS's own tools find it: profiles, roles, sign-in. */
export interface S3Settings {
  readonly region?: string | undefined;
  /** the address of an S3 that is not AWS, such as `http://127.0.0.1:9000` */
  readonly endpoint?: string | undefined;
  readonly credentials?: Credentials | undefined;
  /** how often a request is sent before it has failed */
  readonly attempts?: number;
  /** the longest pause before the second attempt; it doubles up to 5 s, and each is drawn at random below it */
  readonly pauseMs?: number;
  readonly connectMsMax?: number;
  /** without a byte from the other side for this long, a request has failed */
  readonly silenceMsMax?: number;
}

export const usual = { attempts: 5, pauseMs: 100, connectMsMax: 3000, silenceMsMax: 5000 } as const;

/** A bucket and what all keys in it begin with: empty, or ended by a slash. */
export interface S3Place {
  readonly bucket: string;
  readonly prefix: string;
}

const bucketPattern = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/**
 * `s3://bucket/prefix`, with or without a slash at its end.
 * @throws StoreError on what names no bucket, or a prefix that no key could have
 */
export function parsePlace(location: string): S3Place {
  const [, bucket = "", path = ""] = /^s3:\/\/([^/]*)(?:\/(.*))?$/.exec(location) ?? [];
  const prefix = path.replace(/\/+$/, "");
  if (!bucketPattern.test(bucket)) {
    throw new StoreError(`${location}: "${bucket}" is no bucket's name; a registry is s3://bucket/prefix`);
  }
  if (prefix !== "" && !isKey(prefix)) {
    throw new StoreError(
      `${location}: "${prefix}" is no prefix: names of letters, digits, . _ = and - joined by /`,
    );
  }
  return { bucket, prefix: prefix && `${prefix}/` };
}
