import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/** A request as AWS's Signature Version 4 looks at it: what the client sent, not what a gateway made of it. */
export interface SignedRequest {
  readonly method: string;
  /** encoded, with everything that a gateway takes off its beginning */
  readonly path: string;
  /** encoded, without `?` */
  readonly query: string;
  /** by its name in small letters; undefined where there is none */
  readonly header: (name: string) => string | undefined;
  readonly body: Uint8Array;
}

/** Why a signature does not let anybody in, by the name that AWS's clients know. */
export class SignatureError extends Error {
  override readonly name = "SignatureError";
  readonly code: "IncompleteSignature" | "InvalidSignatureException" | "UnrecognizedClientException";

  constructor(code: SignatureError["code"], message: string) {
    super(message);
    this.code = code;
  }
}

export const signatureScheme = "AWS4-HMAC-SHA256";
const service = "personalize";
/** A signature holds so long before and after its date, as with AWS: whoever overhears one cannot keep it. */
const skewMsMax = 5 * 60_000;

interface Parts {
  readonly accessKeyId: string;
  /** YYYYMMDD */
  readonly day: string;
  readonly region: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

/**
 * Whose key pair signed this request for the service `personalize`, in any region.
 * @param findSecret of an access key id; undefined if unknown or revoked
 * @param now ms since 1970
 * @throws SignatureError
 */
export function verifySignature(
  request: SignedRequest,
  findSecret: (accessKeyId: string) => string | undefined,
  now: number,
): string {
  const parts = partsOf(request.header("authorization") ?? "");
  const time = request.header("x-amz-date") ?? "";
  const secret = findSecret(parts.accessKeyId);
  if (secret === undefined) {
    throw new SignatureError(
      "UnrecognizedClientException",
      "The security token included in the request is invalid.",
    );
  }
  checkTime(time, parts.day, now);
  const expected = signatureOf(request, parts, { time, secret });
  // Always of one length, so that the comparison tells nothing by its time.
  const given = Buffer.from(parts.signature, "hex");
  if (!timingSafeEqual(given, Buffer.from(expected, "hex"))) {
    throw new SignatureError(
      "InvalidSignatureException",
      "The request signature we calculated does not match the signature you provided. Check your secret access " +
        "key, and that the request arrives with the host and the path that it was signed for.",
    );
  }
  return parts.accessKeyId;
}

const authorizationPattern =
  /^AWS4-HMAC-SHA256 +Credential=([^/,\s]{1,128})\/(\d{8})\/([^/,\s]{1,64})\/([^/,\s]{1,64})\/aws4_request *, *SignedHeaders=([!-:<-~]+(?:;[!-:<-~]+)*) *, *Signature=([0-9a-f]{64})$/;

function partsOf(authorization: string): Parts {
  const found = authorizationPattern.exec(authorization);
  if (found === null) {
    throw new SignatureError(
      "IncompleteSignature",
      `Authorization must be: ${signatureScheme} Credential=…, SignedHeaders=…, Signature=…`,
    );
  }
  const [, accessKeyId, day, region, signedFor, names, signature] = found;
  const signedHeaders = names.split(";");
  const missing = ["host", "x-amz-date"].filter((name) => !signedHeaders.includes(name));
  if (missing.length > 0) {
    throw new SignatureError(
      "IncompleteSignature",
      `${missing.join(" and ")} must be among the signed headers.`,
    );
  }
  if (signedFor !== service) {
    throw new SignatureError(
      "InvalidSignatureException",
      `Credential should be scoped to correct service: '${service}'.`,
    );
  }
  return { accessKeyId, day, region, signedHeaders, signature };
}

function checkTime(time: string, day: string, now: number): void {
  const digits = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(time);
  if (digits === null || time.slice(0, 8) !== day) {
    throw new SignatureError("IncompleteSignature", "X-Amz-Date must be a date of the credential's day.");
  }
  const [year, month, date, hour, minute, second] = digits.slice(1).map(Number);
  const signedAt = Date.UTC(year, month - 1, date, hour, minute, second);
  if (signedAt < now - skewMsMax) {
    const least = stamp(now - skewMsMax);
    throw new SignatureError(
      "InvalidSignatureException",
      `Signature expired: ${time} is now earlier than ${least} (${stamp(now)} - 5 min.)`,
    );
  }
  if (signedAt > now + skewMsMax) {
    const most = stamp(now + skewMsMax);
    throw new SignatureError(
      "InvalidSignatureException",
      `Signature not yet current: ${time} is still later than ${most} (${stamp(now)} + 5 min.)`,
    );
  }
}

function stamp(ms: number): string {
  return new Date(ms).toISOString().replace(/[-:]|\.\d{3}/g, "");
}

function signatureOf(
  request: SignedRequest,
  { day, region, signedHeaders }: Parts,
  { time, secret }: { readonly time: string; readonly secret: string },
): string {
  const lines = signedHeaders.map((name) => `${name}:${headerValue(request, name)}\n`).join("");
  const canonical = [
    request.method,
    canonicalPath(request.path),
    canonicalQuery(request.query),
    lines,
    signedHeaders.join(";"),
    // Of the body that came, whatever x-amz-content-sha256 says of it.
    sha256(request.body),
  ].join("\n");
  const scope = `${day}/${region}/${service}/aws4_request`;
  const text = [signatureScheme, time, scope, sha256(canonical)].join("\n");
  const key = [day, region, service, "aws4_request"].reduce<string | Buffer>(
    (secretSoFar, part) => createHmac("sha256", secretSoFar).update(part).digest(),
    `AWS4${secret}`,
  );
  return createHmac("sha256", key).update(text).digest("hex");
}

/** A gateway may leave out the length of a body, which its digest fixes anyway. */
function headerValue(request: SignedRequest, name: string): string {
  const value = request.header(name);
  if (value === undefined && name === "content-length") return String(request.body.byteLength);
  return (value ?? "").trim().replace(/\s+/g, " ");
}

/** Every segment encoded once more, as all services but S3 want it, and without what points back. */
function canonicalPath(path: string): string {
  const segments: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "" || segment === ".") continue;
    if (segment === "..") segments.pop();
    else segments.push(escaped(segment));
  }
  const end = segments.length > 0 && path.endsWith("/") ? "/" : "";
  return `/${segments.join("/")}${end}`;
}

function canonicalQuery(query: string): string {
  if (query === "") return "";
  return query
    .split("&")
    .map((pair) => {
      const [name, ...value] = pair.split("=");
      return [escaped(decoded(name)), escaped(decoded(value.join("=")))];
    })
    .sort(([a, x], [b, y]) => (a === b ? (x < y ? -1 : 1) : a < b ? -1 : 1))
    .map((pair) => pair.join("="))
    .join("&");
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function escaped(text: string): string {
  const sign = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(text).replace(/[!'()*]/g, sign);
}

function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}
