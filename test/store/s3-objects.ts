import { createHash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

export interface Kept {
  readonly bytes: Buffer;
  readonly etag: string;
  readonly sha256: string;
  readonly mark: string | undefined;
}

export class S3Error extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string) {
    super(`the server says ${code}`);
    this.status = status;
    this.code = code;
  }
}

export const digest = (name: string, bytes: Uint8Array) => createHash(name).update(bytes);

export function checkCondition(there: Kept | undefined, headers: IncomingHttpHeaders): void {
  const { "if-none-match": none, "if-match": match } = headers;
  if (none === "*" && there) throw new S3Error(412, "PreconditionFailed");
  if (match !== undefined && !there) throw new S3Error(404, "NoSuchKey");
  if (match !== undefined && there?.etag !== match) throw new S3Error(412, "PreconditionFailed");
}
