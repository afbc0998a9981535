import { z } from "@hono/zod-openapi";

const sources = [
  ...["als", "fold-in", "similar", "bought-together", "trending", "popular", "content", "also-viewed"],
  ...["promoted", "pinned", "exploration"],
] as const;

const source = z
  .enum(sources)
  .openapi({ description: "Where an answer or a row comes from", example: "als" });

export const problemSchema = z
  .looseObject({
    type: z.string().openapi({ example: "urn:aisle:problem:invalid-parameters" }),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional(),
    errors: z
      .array(
        z.object({
          parameter: z.string(),
          in: z.enum(["query", "body", "path", "header"]),
          detail: z.string(),
        }),
      )
      .optional(),
  })
  .openapi("Problem", { description: "RFC 9457" });

const shownItem = z
  .object({
    title: z.string(),
    price: z.number().optional(),
    category: z.string().optional(),
    image: z.string().optional(),
  })
  .openapi("ShownItem");

const words = z
  .string()
  .openapi({ description: "for the storefront, which escapes it", example: "Because you bought Oak desk" });

const answerRow = z
  .object({
    itemId: z.string(),
    rank: z.int().openapi({ description: "from 1" }),
    score: z.number().optional().openapi({ description: "the raw dot product, which `because` sums to" }),
    source,
    promotionName: z.string().optional().openapi({ description: "where the source is `promoted`" }),
    item: shownItem.optional(),
    because: z
      .array(z.object({ itemId: z.string(), share: z.number(), words }))
      .optional()
      .openapi({ description: "past items by their share of the score, largest first" }),
    support: z.int().optional().openapi({ description: "baskets that hold it and the item asked for" }),
    propensity: z
      .number()
      .optional()
      .openapi({ description: "the chance with which exploration gave this place to this very item" }),
  })
  .openapi("AnswerRow");

export const answerSchema = z
  .object({
    recommendationId: z.string(),
    userId: z.string().optional(),
    source,
    model: z.object({ version: z.string(), channel: z.string() }),
    experiment: z
      .object({ name: z.string(), arm: z.string() })
      .optional()
      .openapi({ description: "the arm that this user or session is in, while an experiment runs" }),
    items: z.array(answerRow),
    reason: z.string().optional().openapi({ description: "why there are fewer rows than asked" }),
  })
  .openapi("Answer");

export const trendSchema = answerSchema
  .extend({
    window: z.enum(["30m", "1h", "3h", "1d"]).optional(),
    until: z.string().optional().openapi({ description: "ISO 8601: the model's last event" }),
    note: z.string().optional().openapi({ description: "why it is another window than asked, or none" }),
  })
  .openapi("TrendAnswer");

export const becauseSchema = answerSchema
  .extend({ seed: z.object({ itemId: z.string(), words }).optional() })
  .openapi("BecauseAnswer");

export const explanationSchema = z
  .object({
    userId: z.string().optional(),
    itemId: z.string(),
    model: z.object({ version: z.string(), channel: z.string() }),
    score: z.number().optional().openapi({ description: "the sum of the contributions" }),
    contributions: z.array(
      z.object({
        itemId: z.string(),
        contribution: z.number().openapi({ description: "below 0 where it speaks against" }),
        share: z.number().openapi({ description: "of all contributions above 0" }),
        words,
      }),
    ),
    reason: z.string().optional().openapi({ description: "why there is no score" }),
  })
  .openapi("Explanation");

export const productSchema = z
  .object({
    id: z.string(),
    description: z.string(),
    price: z.number().nullable(),
    category: z.string().nullable(),
    installments: z.union([z.number(), z.string()]).nullable(),
    image: z.string().nullable(),
  })
  .openapi("Product");

export const itemSchema = z
  .object({
    itemId: z.string(),
    title: z.string(),
    description: z.string().optional(),
    price: z.number().optional(),
    category: z.string().optional(),
    image: z.string().optional(),
    available: z.boolean(),
    attributes: z.record(z.string(), z.union([z.string(), z.number()])),
  })
  .openapi("Item");

export const itemPageSchema = z
  .object({
    page: z.int(),
    pageSize: z.int(),
    total: z.int().openapi({ description: "items over all pages" }),
    items: z.array(itemSchema),
  })
  .openapi("ItemPage");

/** The headers of what is one caller's alone. */
export const personal = { "Cache-Control": "private, no-store" };

const json = <T extends z.ZodType>(schema: T, description: string) => ({
  description,
  content: { "application/json": { schema } },
});

export const problemResponse = (description: string) => ({
  description,
  content: { "application/problem+json": { schema: problemSchema } },
});

/** A JSON answer beside the problems that any route may answer with. */
export function responses<T extends z.ZodType>(schema: T, description: string) {
  return { 200: json(schema, description), default: problemResponse("What went wrong") };
}

export const unchanged = { description: "It is what `If-None-Match` names" };

/** For what carries an ETag. */
export function cachedResponses<T extends z.ZodType>(schema: T, description: string) {
  return { ...responses(schema, description), 304: unchanged };
}
