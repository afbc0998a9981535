import type { z } from "@hono/zod-openapi";
import type { eventsBody, itemsBody, usersBody } from "./activity-bodies.ts";
import type {
  answerSchema,
  becauseSchema,
  explanationSchema,
  itemPageSchema,
  itemSchema,
  problemSchema,
  productSchema,
  trendSchema,
} from "./answers.ts";
import type { modelSchema, readySchema } from "./health.ts";
import type { itemsQuery, shopperPageSchema } from "./items.ts";
import type { narrowing, recommendationParameters } from "./parameters.ts";
import type { exportSchema } from "./users.ts";

/*
 * The contract as types, from the schemas that validate: what the client is made of. A list of ids or a record is
 * written as itself; how it travels in a query string is the client's affair.
 */

export type RecommendationsQuery = z.output<ReturnType<typeof recommendationParameters>>;

type Narrowing = ReturnType<typeof narrowing>;
/** What narrows the items of any list, and how many of them. */
export type ListQuery = { [Name in keyof Narrowing]?: z.output<Narrowing[Name]> } & {
  numResults?: number | undefined;
};

export type ItemsQuery = z.output<typeof itemsQuery>;
export type Answer = z.output<typeof answerSchema>;
export type TrendAnswer = z.output<typeof trendSchema>;
export type BecauseAnswer = z.output<typeof becauseSchema>;
export type Explanation = z.output<typeof explanationSchema>;
export type Item = z.output<typeof itemSchema>;
export type ItemPage = z.output<typeof itemPageSchema>;
export type ShopperPage = z.output<typeof shopperPageSchema>;
export type Product = z.output<typeof productSchema>;
export type ModelFacts = z.output<typeof modelSchema>;
export type Ready = z.output<typeof readySchema>;
export type UserExport = z.output<typeof exportSchema>;
export type EventsBody = z.input<typeof eventsBody>;
export type ItemsBody = z.input<typeof itemsBody>;
export type UsersBody = z.input<typeof usersBody>;
/** RFC 9457 */
export type ProblemBody = z.output<typeof problemSchema>;
