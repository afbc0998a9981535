import { createHash } from "node:crypto";
import type { Manifest } from "./manifest.ts";

export const chunkBytes = 8 * 2 ** 20;

export type Digests = Manifest["model"];

/** Bytes that are not the ones that were published. */
export class DigestError extends Error {
  override name = "DigestError";
}

/** SHA-256 of every 8 MiB, and of those digests joined. */
export function digestChunks(bytes: Uint8Array): Digests {
  const chunks: string[] = [];
  for (let from = 0; from < bytes.length; from += chunkBytes) {
    chunks.push(sha256(bytes.subarray(from, from + chunkBytes)));
  }
  return { byteLength: bytes.length, sha256: joinDigests(chunks), chunkBytes, chunks };
}

/**
 * Checks chunks while the reading goes on: the function that it gives is told how many bytes of `target` are there.
 * @throws DigestError naming the object, the place and both digests
 */
export function verifyWhileReading(
  target: Uint8Array,
  digests: Digests,
  where: string,
): (filled: number) => void {
  if (target.length !== digests.byteLength) {
    throw new DigestError(
      `${where}: the buffer has ${target.length} bytes, the manifest says ${digests.byteLength}`,
    );
  }
  let checked = 0;
  return (filled) => {
    for (; checked < digests.chunks.length; checked++) {
      const from = checked * digests.chunkBytes;
      const to = Math.min(from + digests.chunkBytes, target.length);
      if (to > filled) return;
      const found = sha256(target.subarray(from, to));
      const expected = digests.chunks[checked];
      if (found !== expected) {
        throw new DigestError(
          `${where} is damaged between bytes ${from} and ${to}: its SHA-256 there is ${found}, its manifest says ` +
            `${expected}. Publish it again or roll back`,
        );
      }
    }
  };
}

/** One digest that stands for all. */
export function joinDigests(chunks: readonly string[]): string {
  return sha256(chunks.join(""));
}

export function sha256(bytes: Uint8Array | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}
