import { createHash, createHmac } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SignatureError, type SignedRequest, verifySignature } from "../../src/keys/signed-request.ts";

const pair = {
  accessKeyId: "AISLEABCDEFGHIJ23456",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
};
const findSecret = (id: string) => (id === pair.accessKeyId ? pair.secretAccessKey : undefined);
const signedAt = new Date("2026-01-02T03:04:05Z");

/** Node's digests in the form that AWS's signer asks for. */
class Sha256 {
  readonly #hash;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash("sha256") : createHmac("sha256", secret as string);
  }
  update(data: string | Uint8Array): void {
    this.#hash.update(data);
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
  reset(): void {}
}

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly query?: Record<string, string | string[]>;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly service?: string;
  readonly credentials?: typeof pair;
}

const strict = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/** A request as AWS's own signer signs it, and as it then arrives. */
async function sign({
  method = "POST",
  path = "/recommendations",
  query = {},
  headers = {},
  body = '{"userId":"1"}',
  service = "personalize",
  credentials = pair,
}: Sent = {}): Promise<SignedRequest & { readonly headers: Record<string, string> }> {
  const signer = new SignatureV4({ service, region: "eu-west-1", credentials, sha256: Sha256 as never });
  const own = { host: "shop.example", "content-type": "application/json", ...headers };
  const request = { method, protocol: "https:", hostname: "shop.example", path, query, headers: own, body };
  const signed = (await signer.sign(request, { signingDate: signedAt })) as {
    headers: Record<string, string>;
  };
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    [value].flat().map((each) => `${strict(name)}=${strict(each)}`),
  );
  return asSent({ method, path, query: pairs.join("&"), body: Buffer.from(body) }, signed.headers);
}

function asSent(parts: Omit<SignedRequest, "header">, headers: Record<string, string>) {
  const byName = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return { ...parts, headers, header: (name: string) => byName.get(name) };
}

const verify = (request: SignedRequest, now = signedAt.getTime()) =>
  verifySignature(request, findSecret, now);
function codeOf(request: SignedRequest, now?: number): string {
  try {
    return verify(request, now);
  } catch (error) {
    if (!(error instanceof SignatureError)) throw error;
    return `${error.code}: ${error.message}`;
  }
}

describe("a signature of AWS's own signer", () => {
  it("holds, for a stage's prefix, odd paths and queries, headers with blanks and any body", async () => {
    const segment = fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 }).map(strict);
    const sent = fc.record({
      method: fc.constantFrom("GET", "POST", "DELETE"),
      path: fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => `/${segments.join("/")}`),
      query: fc.dictionary(
        fc.string({ minLength: 1, maxLength: 6 }),
        fc.oneof(
          fc.string({ maxLength: 6 }),
          fc.array(fc.string({ maxLength: 4 }), { minLength: 2, maxLength: 3 }),
        ),
        { maxKeys: 3, noNullPrototype: true },
      ),
      headers: fc.record({ "x-amz-meta": fc.stringMatching(/^[a-z ]{0,12}$/) }),
      body: fc.string({ unit: "grapheme", maxLength: 40 }),
    });
    await fc.assert(
      fc.asyncProperty(sent, async (each) => {
        expect(codeOf(await sign(each))).toBe(pair.accessKeyId);
      }),
      { numRuns: 150 },
    );
  });

  it("does not hold once anything of the request is another", async () => {
    const request = await sign({ query: { a: "1" } });
    const { headers } = request;
    const others: SignedRequest[] = [
      { ...request, method: "GET" },
      { ...request, path: "/prod/recommendations" },
      { ...request, query: "a=2" },
      { ...request, body: Buffer.from('{"userId":"2"}') },
      asSent(request, { ...headers, host: "other.example" }),
      asSent(request, { ...headers, "content-type": "text/plain" }),
      asSent(request, {
        ...headers,
        authorization: headers.authorization.replace(/.$/, (c) => (c === "0" ? "1" : "0")),
      }),
      asSent(request, { ...headers, authorization: headers.authorization.replace("eu-west-1", "eu-west-2") }),
      await sign({ credentials: { ...pair, secretAccessKey: "another" } }),
    ];
    expect(codeOf(request)).toBe(pair.accessKeyId);
    for (const other of others)
      expect(codeOf(other)).toMatch(/^InvalidSignatureException: The request signature/);
  });

  it("never holds for a body whose digest a header only claims", async () => {
    const request = await sign({ headers: { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" } });
    expect(codeOf(request)).toMatch(/^InvalidSignature/);
  });

  it("holds without the length of the body, which a gateway leaves out", async () => {
    const request = await sign({ headers: { "content-length": "14" } });
    const { "content-length": _, ...headers } = request.headers;
    expect(codeOf(asSent(request, headers))).toBe(pair.accessKeyId);
  });

  it("holds for five minutes before and after its date, and says the times", async () => {
    const request = await sign();
    const at = (seconds: number) => codeOf(request, signedAt.getTime() + seconds * 1000);
    expect([at(300), at(-300)]).toEqual([pair.accessKeyId, pair.accessKeyId]);
    expect(at(301)).toBe(
      "InvalidSignatureException: Signature expired: 20260102T030405Z is now earlier than 20260102T030406Z " +
        "(20260102T030906Z - 5 min.)",
    );
    expect(at(-301)).toMatch(/^InvalidSignatureException: Signature not yet current: 20260102T030405Z/);
  });
});

it("refuses unknown key pairs, other services, and what is no whole signature, each by its class", async () => {
  const stranger = await sign({ credentials: { ...pair, accessKeyId: "AISLEUNKNOWN" } });
  expect(codeOf(stranger)).toMatch(/^UnrecognizedClientException: /);
  expect(codeOf(await sign({ service: "execute-api" }))).toMatch(
    /^InvalidSignatureException: .*'personalize'/,
  );
  const request = await sign();
  const changed = (change: (authorization: string) => string) =>
    codeOf(asSent(request, { ...request.headers, authorization: change(request.headers.authorization) }));
  for (const change of [
    () => "AWS4-HMAC-SHA256",
    (text: string) => text.replace(/Signature=.*/, "Signature=abc"),
    (text: string) => text.replace("host;", ""),
    (text: string) => text.replace(";x-amz-date", ""),
    (text: string) => text.replace("/20260102/", "/20260103/"),
    (text: string) => text.replace("aws4_request", "aws5_request"),
  ]) {
    expect(changed(change)).toMatch(/^IncompleteSignature: /);
  }
  const { "x-amz-date": _, ...undated } = request.headers;
  expect(codeOf(asSent(request, undated))).toMatch(/^IncompleteSignature: X-Amz-Date/);
});
