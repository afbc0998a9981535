import { createHash, timingSafeEqual } from "node:crypto";
import { z } from "zod";

/**
 * `server` and `admin` are bearer keys; `shopper` is a secret that shoppers' tokens are signed with; `pseudonym` one
 * that users' ids are hidden under in models; `aws` is a key pair with which a server signs as AWS's clients do.
 */
export const keyRoles = ["server", "admin", "shopper", "pseudonym", "aws"] as const;
export type KeyRole = (typeof keyRoles)[number];

const common = { id: z.string().min(1), createdAt: z.iso.datetime(), revokedAt: z.iso.datetime().optional() };
const issuedKey = z.discriminatedUnion("role", [
  // Of a bearer key only its digest is kept: whoever reads the file cannot use it.
  z.object({ ...common, role: z.enum(["server", "admin"]), sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
  // A signature can only be checked with the secret itself.
  z.object({ ...common, role: z.enum(["shopper", "pseudonym"]), secret: z.base64url().min(43) }),
  z.object({ ...common, role: z.literal("aws"), secret: z.string().min(40) }),
]);
const schema = z.object({ keys: z.array(issuedKey) });

export type IssuedKey = z.infer<typeof issuedKey>;

/** A file of keys that cannot be used, or a change of it that makes no sense. */
export class KeyFileError extends Error {
  override name = "KeyFileError";
}

/** What may be asked of issued keys, wherever they are kept. */
export abstract class IssuedKeys {
  /** The keys that hold now. @throws KeyFileError where they cannot be used */
  protected abstract current(): readonly IssuedKey[];

  /** Whose bearer key this is; `undefined` if unknown or revoked. Compares in constant time. */
  findKey(key: string): { readonly id: string; readonly role: "server" | "admin" } | undefined {
    const digest = createHash("sha256").update(key).digest();
    let found: { id: string; role: "server" | "admin" } | undefined;
    for (const issued of this.current()) {
      if (!("sha256" in issued) || issued.revokedAt) continue;
      if (timingSafeEqual(Buffer.from(issued.sha256, "hex"), digest))
        found = { id: issued.id, role: issued.role };
    }
    return found;
  }

  /** The secret of the key pair of this access key id; `undefined` if unknown or revoked. */
  findPairSecret(accessKeyId: string): string | undefined {
    const issued = this.current().find(({ id, role }) => role === "aws" && id === accessKeyId);
    return issued?.role === "aws" && !issued.revokedAt ? issued.secret : undefined;
  }

  /**
   * What users' ids are hidden under in models, the newest last. A revoked one hides no further model's, and those that
   * were made under it go on.
   */
  get pseudonymKeys(): readonly {
    readonly id: string;
    readonly secret: Uint8Array;
    readonly isRevoked: boolean;
  }[] {
    return this.current().flatMap((issued) => {
      if (issued.role !== "pseudonym") return [];
      const { id, secret, revokedAt } = issued;
      return [{ id, secret: Buffer.from(secret, "base64url"), isRevoked: revokedAt !== undefined }];
    });
  }

  /** What shoppers' tokens may be signed with: several while secrets rotate. */
  get signingSecrets(): readonly Uint8Array[] {
    return this.current().flatMap((issued) =>
      issued.role === "shopper" && !issued.revokedAt ? [Buffer.from(issued.secret, "base64url")] : [],
    );
  }
}

/** @throws KeyFileError on what is no list of keys; `where` says where it was found */
export function parseKeys(text: string, where: string): readonly IssuedKey[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    // The parser's message would quote the file, and so a secret, into a log.
    throw new KeyFileError(`${where} is not JSON`, { cause: (cause as Error).name });
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success)
    throw new KeyFileError(`${where} is no list of keys:\n${z.prettifyError(parsed.error)}`);
  return parsed.data.keys;
}
