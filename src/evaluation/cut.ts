import { createHash } from "node:crypto";
import type { Target } from "./held-out.ts";

/**
 * Names what was fitted, what was hidden, and who was asked: values by user that were measured on the same cut pair up,
 * user by user. 64 hexadecimal digits that tell nothing of the users.
 * @param digests of the fitted and of the hidden part
 */
export function nameCut(
  digests: { readonly fitted: string; readonly hidden: string },
  target: Target,
  users: readonly string[],
): string {
  const cut = [digests.fitted, digests.hidden, target, ...users];
  return createHash("sha256").update(JSON.stringify(cut)).digest("hex");
}
