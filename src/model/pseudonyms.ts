import { createHmac } from "node:crypto";
import { type IdArrays, IdTable } from "../math/id-table.ts";

/** What users' ids are hidden under, and the name by which whoever needs it again asks for it. */
export interface PseudonymKey {
  readonly id: string;
  readonly secret: Uint8Array;
}

/** 128 bits: two of 2^32 users have the same one with a probability of 2^-65. */
const pseudonymBytes = 16;

/** What stands for a user wherever the id itself must not be: without the secret nobody finds one from the other. */
export function pseudonymOf(userId: string, { secret }: PseudonymKey): string {
  return createHmac("sha256", secret)
    .update(userId)
    .digest()
    .subarray(0, pseudonymBytes)
    .toString("base64url");
}

/** Pseudonyms and their rows. A row is found by the id that it stands for, and by the pseudonym; what is given is that. */
export class PseudonymousIds extends IdTable {
  readonly #key: PseudonymKey;

  constructor(arrays: IdArrays, key: PseudonymKey) {
    super(arrays);
    this.#key = key;
  }

  override row(id: string): number {
    const row = super.row(pseudonymOf(id, this.#key));
    return row < 0 ? super.row(id) : row;
  }
}
