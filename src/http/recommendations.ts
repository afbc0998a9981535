import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { productCount } from "../serving/products.ts";
import type { Query } from "../serving/query.ts";
import { answerSchema, personal, productSchema, responses } from "./answers.ts";
import { requireAdmin } from "./guard.ts";
import type { App, AppEnv, Host } from "./host.ts";
import {
  idInPath,
  idLengthMax,
  inBody,
  inQuery,
  narrowing,
  recommendationParameters,
  withPriceRange,
} from "./parameters.ts";
import type { SampleRequest } from "./postman.ts";
import { allowedQuery, showing } from "./shown.ts";

const narrowed = withPriceRange(
  z.strictObject({ numResults: inQuery.count.optional(), ...narrowing(inQuery) }),
);
const withEventType = withPriceRange(
  z.strictObject({
    eventType: inQuery
      .text(idLengthMax)
      .optional()
      .openapi({ description: "only what was done in this way, such as a purchase" }),
    numResults: inQuery.count.optional(),
    ...narrowing(inQuery),
  }),
);

const getRecommendations = createRoute({
  method: "get",
  path: "/recommendations",
  tags: ["Recommendations"],
  summary: "The best items for a user, a session or beside an item",
  description:
    "Without `userId`, or for one never seen, the popular list. With `recent`, what the session did moves the " +
    "answer. With `itemId`, items like it. Never empty because a user is unknown.",
  request: { query: recommendationParameters(inQuery) },
  "x-requests": [
    { name: "For a user", query: { userId: "{{userId}}" } },
    { name: "For a newcomer", query: { numResults: "12" } },
    { name: "For what a session looked at", query: { recent: "{{itemId}}", explain: "true" } },
    { name: "Beside an item", query: { itemId: "{{itemId}}" } },
    {
      name: "Under a price, by a filter",
      query: { filter: "INCLUDE ItemID WHERE Items.PRICE <= $PRICE", "filterValues[PRICE]": "1000" },
    },
  ] satisfies SampleRequest[],
  responses: responses(answerSchema, "Rows, best first, each with its source"),
});

const postRecommendations = createRoute({
  method: "post",
  path: "/recommendations",
  tags: ["Recommendations"],
  summary: "The same by a body, for long lists",
  description:
    "A body with `campaignArn` or `recommenderArn` is Amazon Personalize's GetRecommendations, and answered as such; a " +
    "mixture of both is a 400.",
  "x-requests": [
    {
      name: "For a user, by a body",
      body: { userId: "{{userId}}", numResults: 12, exclude: ["{{itemId}}"] },
    },
    {
      name: "As Amazon Personalize's clients ask",
      body: {
        campaignArn: "arn:aws:personalize:eu-west-1:123456789012:campaign/user-personalization",
        userId: "{{userId}}",
      },
    },
  ] satisfies SampleRequest[],
  request: {
    query: z.strictObject({}),
    body: { required: true, content: { "application/json": { schema: recommendationParameters(inBody) } } },
  },
  responses: responses(answerSchema, "Rows, best first, each with its source"),
});

const getSimilar = createRoute({
  method: "get",
  path: "/items/{id}/similar",
  tags: ["Recommendations"],
  summary: "Items like this one",
  request: { params: z.object({ id: idInPath }), query: narrowed },
  responses: responses(answerSchema, "Rows, nearest first; popular ones, labelled, for an unknown item"),
});

const getPopular = createRoute({
  method: "get",
  path: "/popular",
  tags: ["Recommendations"],
  summary: "What most people take",
  request: { query: withEventType },
  responses: responses(answerSchema, "Rows by falling popularity"),
});

const getProducts = createRoute({
  method: "get",
  path: "/products",
  tags: ["Storefront"],
  summary: "Twenty products for a shopper, as the storefront's first page asks for them",
  "x-requests": [{ name: "Twenty products", query: { user_id: "{{userId}}" } }] satisfies SampleRequest[],
  request: { query: z.strictObject({ user_id: inQuery.text(idLengthMax).optional() }) },
  responses: responses(z.array(productSchema), "Twenty products, best first"),
});

export function addRecommendations(app: App, { serving }: Host): void {
  const shown = showing(serving);
  const answer = async (c: Context<AppEnv>, query: Query) => {
    const { model } = query;
    if (model === undefined) return shown(c, allowedQuery(c, query), (recalled) => serving.answer(recalled));
    requireAdmin(c.get("caller"));
    c.get("trace").userId = query.userId;
    // A comparison is shown to no shopper: it is kept as no exposure.
    return serving.compare({ ...(await serving.recall(query)), model });
  };
  app.openapi(getRecommendations, async (c) => c.json(await answer(c, c.req.valid("query")), 200, personal));
  app.openapi(postRecommendations, async (c) => c.json(await answer(c, c.req.valid("json")), 200, personal));
  app.openapi(getSimilar, async (c) => {
    const query = { ...c.req.valid("query"), itemId: c.req.valid("param").id, hide: "none" as const };
    const answered = await shown(c, query, (recalled) => serving.answer(recalled));
    return c.json(answered, 200, personal);
  });
  app.openapi(getPopular, async (c) => {
    const { eventType, ...query } = c.req.valid("query");
    const answered = await shown(c, query, (recalled) =>
      eventType === undefined ? serving.popular(recalled) : serving.popularBy(recalled, eventType),
    );
    return c.json(answered, 200, personal);
  });
  app.openapi(getProducts, async (c) => {
    const answered = await answer(c, { userId: c.req.valid("query").user_id, numResults: productCount });
    return c.json(serving.products(answered), 200, personal);
  });
}
