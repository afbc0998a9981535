import type { S3Place } from "./s3-place.ts";
import { ConflictError, StoreError } from "./store.ts";

/** What went wrong with one request: S3's own code, or the socket's. */
export class S3Failure extends Error {
  override name = "S3Failure";
  readonly code: string;
  readonly status: number | undefined;
  /** where the bucket is, if S3 said so */
  readonly region: string | undefined;

  constructor(
    code: string,
    message: string,
    given: { status?: number | undefined; region?: string | undefined; cause?: unknown } = {},
  ) {
    super(message, { cause: given.cause });
    this.code = code;
    this.status = given.status;
    this.region = given.region;
  }
}

/** Passing: the same request may succeed in a moment. */
const passingCodes: ReadonlySet<string> = new Set([
  ...["ECONNRESET", "ECONNREFUSED", "ECONNABORTED", "EPIPE", "ETIMEDOUT", "EAI_AGAIN", "ENETUNREACH"],
  ...["TimeoutError", "Truncated", "RequestTimeout", "SlowDown", "InternalError", "ServiceUnavailable"],
  ...["Throttling", "ThrottlingException", "RequestLimitExceeded", "OperationAborted", "BadDigest"],
]);

export function isPassing(error: unknown): boolean {
  if (!(error instanceof S3Failure)) return false;
  if (passingCodes.has(error.code)) return true;
  return error.status !== undefined && (error.status === 429 || error.status >= 500);
}

/** The SDK's errors and the socket's as one kind; what is neither passes through. */
export function failureOf(error: unknown): unknown {
  if (error instanceof S3Failure || error instanceof StoreError || error instanceof ConflictError) {
    return error;
  }
  if (!(error instanceof Error)) return error;
  const { name, message, code, $metadata, $response } = error as SdkError;
  const region = $response?.headers?.["x-amz-bucket-region"];
  if ($metadata?.httpStatusCode !== undefined) {
    return new S3Failure(name, message, { status: $metadata.httpStatusCode, region, cause: error });
  }
  if (typeof code === "string") return new S3Failure(code, message, { cause: error });
  if (name === "TimeoutError" || name === "CredentialsProviderError" || /region is missing/i.test(message)) {
    return new S3Failure(name === "Error" ? "NoRegion" : name, message, { cause: error });
  }
  return error;
}

type SdkError = Error & {
  code?: unknown;
  $metadata?: { httpStatusCode?: number };
  $response?: { headers?: Record<string, string> };
};

/** There is a bucket, and nothing under the key. Some servers say 404 of much else too, such as unknown keys of access. */
export function isMissing({ status, code }: S3Failure): boolean {
  return status === 404 && ["NoSuchKey", "NotFound", "HTTP 404"].includes(code);
}

export type Action = "read" | "write" | "list" | "delete";

/** What an attempt that cannot be repeated says to the one who has to mend it; other errors stay as they are. */
export function explain(error: unknown, action: Action, place: S3Place, key: string): unknown {
  if (!(error instanceof S3Failure)) return error;
  const where = `s3://${place.bucket}/${place.prefix}${key}`;
  const status = error.status === undefined ? "" : `, ${error.status}`;
  return new StoreError(
    `could not ${action} ${where} (${error.code}${status}): ${mend(error, action, place)}`,
    {
      cause: error,
    },
  );
}

function mend(failure: S3Failure, action: Action, place: S3Place): string {
  if (failure.region !== undefined && [301, 307, 400].includes(failure.status ?? 0)) {
    return `the bucket is in ${failure.region}: set AWS_REGION=${failure.region}`;
  }
  const known = mends[failure.code];
  if (known !== undefined) return known;
  if (failure.status === 403) return `${grant(action, place)}${forKeys(failure)}`;
  if (isPassing(failure)) return `${failure.message}; it was tried several times`;
  return failure.message;
}

const unreachable = "the endpoint cannot be reached: check the network, AWS_REGION and AWS_ENDPOINT_URL_S3";

const mends: Readonly<Record<string, string>> = {
  ExpiredToken: "the credentials have expired: sign in again, or renew the role's session",
  ExpiredTokenException: "the credentials have expired: sign in again, or renew the role's session",
  TokenRefreshRequired: "the credentials have expired: sign in again, or renew the role's session",
  InvalidToken: "the session token is not valid: sign in again",
  InvalidAccessKeyId: "AWS does not know this access key: check AWS_ACCESS_KEY_ID or the profile",
  SignatureDoesNotMatch: "the secret does not belong to the access key: check AWS_SECRET_ACCESS_KEY",
  RequestTimeTooSkewed: "this machine's clock is wrong by more than 15 minutes: set it",
  NoSuchBucket: "there is no such bucket: check its name and AWS_REGION",
  PreconditionFailed: "it was replaced while it was read: read it again",
  NoRegion: "no region is known: set AWS_REGION",
  CredentialsProviderError:
    "no credentials were found: set AWS_PROFILE, sign in with aws sso login, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
  ENOTFOUND: unreachable,
  ECONNREFUSED: unreachable,
};

const actions = {
  read: "s3:GetObject",
  write: "s3:PutObject and s3:AbortMultipartUpload",
  list: "s3:ListBucket",
  delete: "s3:DeleteObject",
} as const;

function grant(action: Action, { bucket, prefix }: S3Place): string {
  const bucketArn = `arn:aws:s3:::${bucket}`;
  if (action === "list") return `grant s3:ListBucket on ${bucketArn}`;
  const text = `grant ${actions[action]} on ${bucketArn}/${prefix}*`;
  // S3 hides from whoever may not list whether a key is there.
  return action === "read"
    ? `${text}. Without s3:ListBucket on ${bucketArn} a key that is not there is answered like this too`
    : text;
}

function forKeys(failure: S3Failure): string {
  return /kms/i.test(failure.message)
    ? `, and on the bucket's KMS key what AWS says: ${failure.message}`
    : "";
}
