import type { S3Client } from "@aws-sdk/client-s3";
import type { S3Failure } from "./s3-failure.ts";
import type { Credentials, S3Place, S3Settings } from "./s3-place.ts";

/** What a signed request needs. */
export interface Access {
  /** the address of the bucket, ended by a slash */
  readonly base: string;
  readonly region: string;
  readonly credentials: Credentials;
}

const expiries: ReadonlySet<string> = new Set([
  "ExpiredToken",
  "ExpiredTokenException",
  "TokenRefreshRequired",
]);

/**
 * Where the bucket is and who asks. With region and credentials given, as in a Lambda, nothing is loaded for it;
 * else the SDK looks where AWS's own tools look.
 */
export class S3Access {
  readonly #place: S3Place;
  readonly #settings: S3Settings;
  #movedTo: string | undefined;
  #client: Promise<S3Client> | undefined;

  constructor(place: S3Place, settings: S3Settings) {
    this.#place = place;
    this.#settings = settings;
  }

  /** AWS's client, loaded when it is first needed. */
  client(): Promise<S3Client> {
    this.#client ??= import("./s3-client.ts").then(({ openClient }) => openClient(this.#settings));
    return this.#client;
  }

  async now(): Promise<Access> {
    const { endpoint, credentials } = this.#settings;
    const given = this.#settings.region ?? (endpoint && "us-east-1");
    if (given === undefined || credentials === undefined) {
      const { accessOf } = await import("./s3-client.ts");
      return accessOf(await this.client(), this.#place, this.#movedTo);
    }
    const region = this.#movedTo ?? given;
    return { base: baseOf(this.#place.bucket, region, endpoint), region, credentials };
  }

  /** May the same request succeed now: has the answer said where the bucket is, or are there new credentials? */
  async mend(failure: S3Failure): Promise<boolean> {
    const { endpoint, credentials } = this.#settings;
    const { status = 0, code, region } = failure;
    if (endpoint === undefined && region !== undefined && [301, 307, 400].includes(status)) {
      const isNews = region !== (await this.now()).region;
      this.#movedTo = region;
      return isNews;
    }
    if (credentials !== undefined || !expiries.has(code)) return false;
    await (await this.client()).config.credentials({ forceRefresh: true });
    return true;
  }
}

/** A bucket with a dot in its name has no certificate of its own; an S3 that is not AWS has none for any. */
function baseOf(bucket: string, region: string, endpoint: string | undefined): string {
  if (endpoint !== undefined) return `${endpoint.replace(/\/+$/, "")}/${bucket}/`;
  const domain = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  const host = `s3.${region}.${domain}`;
  return bucket.includes(".") ? `https://${host}/${bucket}/` : `https://${bucket}.${host}/`;
}
