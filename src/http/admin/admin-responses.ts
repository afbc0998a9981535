import { z } from "@hono/zod-openapi";
import { personal } from "../answers.ts";
import { Problem } from "../problem.ts";

/** Everything here is one merchant's to see. */
export const unshared = personal;
export const nothing = { query: z.strictObject({}) };
export const tags = { state: ["State"], models: ["Models"], rules: ["Rules"], session: ["Session"] };

export const reason = z
  .string({ error: "must say why" })
  .trim()
  .min(3, "must say why, in at least three letters")
  .max(500, "must have at most 500 characters")
  .openapi({ description: "kept in the channel's history" });

const ifMatchHeader = z.object({
  "if-match": z
    .string()
    .optional()
    .openapi({ description: "the ETag that the decision was made on", example: '"abc"' }),
});

export const ifMatch = { headers: ifMatchHeader };

/** As a header writes it, whatever a store's own etags look like. */
export function toETag(etag: string): string {
  return `"${Buffer.from(etag).toString("base64url")}"`;
}

/** @throws Problem 428 without one, 412 for one that nobody gave out */
export function fromETag(header: string | undefined): string {
  return Buffer.from(plainETag(header), "base64url").toString();
}

/** What an ETag says between its quotes. @throws Problem */
export function plainETag(header: string | undefined): string {
  if (header === undefined) {
    throw new Problem({
      ...{ name: "precondition-required", status: 428, title: "Precondition required" },
      detail: "Say in If-Match which state this was decided on: the ETag that its GET gave.",
    });
  }
  const [, etag] = /^(?:W\/)?"([^"]*)"$/.exec(header.trim()) ?? [];
  if (etag === undefined || etag === "") throw changedMeanwhile('If-Match must be one ETag, such as "abc".');
  return etag;
}

export function changedMeanwhile(detail: string, extra: Record<string, unknown> = {}): Problem {
  return new Problem({
    ...{ name: "changed-meanwhile", status: 412, title: "Changed meanwhile", detail, extra },
  });
}
