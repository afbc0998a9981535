import { createRoute, z } from "@hono/zod-openapi";
import {
  answerSchema,
  becauseSchema,
  explanationSchema,
  personal,
  responses,
  trendSchema,
} from "./answers.ts";
import type { App, Host } from "./host.ts";
import {
  idInPath,
  idLengthMax,
  inQuery,
  narrowing,
  recommendationParameters,
  withPriceRange,
} from "./parameters.ts";
import type { SampleRequest } from "./postman.ts";
import { allowedQuery, showing } from "./shown.ts";

const narrowed = { numResults: inQuery.count.optional(), ...narrowing(inQuery) };
const { recent, hide, ...others } = recommendationParameters(inQuery).shape;

const getBoughtTogether = createRoute({
  method: "get",
  path: "/items/{id}/bought-together",
  tags: ["Recommendations"],
  summary: "What is bought in the same orders",
  description:
    "Only pairs that were bought together more often than chance explains, each with the orders that hold both " +
    "(`support`). Where that is less than asked, `reason` says why; nothing is filled in.",
  request: { params: z.object({ id: idInPath }), query: withPriceRange(z.strictObject(narrowed)) },
  responses: responses(answerSchema, "Rows, those first that go together most"),
});

const getAlsoViewed = createRoute({
  method: "get",
  path: "/items/{id}/also-viewed",
  tags: ["Recommendations"],
  summary: "What is looked at in the same visits",
  description:
    "Without what `userId` bought; filled up by what is similar, trending and popular, each row labelled.",
  request: {
    params: z.object({ id: idInPath }),
    query: withPriceRange(
      z.strictObject({ userId: others.userId, sessionId: others.sessionId, ...narrowed }),
    ),
  },
  responses: responses(answerSchema, "Rows, best first, each with its source"),
});

const windows = ["30m", "1h", "3h", "1d"] as const;

const getTrending = createRoute({
  method: "get",
  path: "/trending",
  tags: ["Recommendations"],
  summary: "What grows most",
  description:
    "Over the window before the model's last event, `until`, against the seven windows before it. Where the events' " +
    "times are too coarse for the window, the next longer one is told, and `note` says so.",
  request: {
    query: withPriceRange(
      z.strictObject({
        window: z.enum(windows, { error: "must be 30m, 1h, 3h or 1d" }).optional().openapi({ default: "1d" }),
        ...narrowed,
      }),
    ),
  },
  responses: responses(trendSchema, "Rows by falling growth, then by falling popularity"),
});

const getBecauseYouViewed = createRoute({
  method: "get",
  path: "/because-you-viewed",
  tags: ["Recommendations"],
  summary: "Items like the last one looked at and not bought",
  description:
    "`seed` is that item, with words for the storefront. Without any, what /recommendations answers.",
  "x-requests": [
    { name: "For a user", query: { userId: "{{userId}}" } },
    { name: "For a session", query: { recent: "{{itemId}}" } },
  ] satisfies SampleRequest[],
  request: {
    query: withPriceRange(
      z.strictObject({ userId: others.userId, sessionId: others.sessionId, recent, hide, ...narrowed }),
    ),
  },
  responses: responses(becauseSchema, "Rows, nearest first, without what the user bought"),
});

const getExplain = createRoute({
  method: "get",
  path: "/explain",
  tags: ["Recommendations"],
  summary: "Why this item for this user",
  description:
    "The exact contribution of each past item, for any pair; they sum to the score. `hide=none` asks about lists that " +
    "hide nothing, where a repeat counts besides.",
  "x-requests": [
    { name: "A pair", query: { userId: "{{userId}}", itemId: "{{itemId}}" } },
  ] satisfies SampleRequest[],
  request: {
    query: z.strictObject({
      itemId: inQuery.text(idLengthMax),
      ...{ userId: others.userId, sessionId: others.sessionId, recent, hide },
    }),
  },
  responses: responses(
    explanationSchema,
    "Contributions, largest first; none, with the reason, for a stranger",
  ),
});

export function addShelves(app: App, { serving }: Host): void {
  const shown = showing(serving);
  app.openapi(getBoughtTogether, async (c) => {
    const query = { ...c.req.valid("query"), itemId: c.req.valid("param").id, hide: "none" as const };
    const answered = await shown(c, query, (recalled) => serving.boughtTogether(recalled));
    return c.json(answered, 200, personal);
  });
  app.openapi(getAlsoViewed, async (c) => {
    const query = { ...allowedQuery(c, c.req.valid("query")), itemId: c.req.valid("param").id };
    const answered = await shown(c, query, (recalled) => serving.alsoViewed(recalled));
    return c.json(answered, 200, personal);
  });
  app.openapi(getTrending, async (c) => {
    const { window = "1d", ...query } = c.req.valid("query");
    const answered = await shown(c, query, (recalled) => serving.trending(recalled, window));
    return c.json(answered, 200, personal);
  });
  app.openapi(getBecauseYouViewed, async (c) => {
    const query = allowedQuery(c, c.req.valid("query"));
    const answered = await shown(c, query, (recalled) => serving.becauseYouViewed(recalled));
    return c.json(answered, 200, personal);
  });
  app.openapi(getExplain, async (c) => {
    const query = allowedQuery(c, c.req.valid("query"));
    c.get("trace").userId = query.userId;
    // Nothing is shown by it: there are no rows to keep.
    return c.json(serving.explain(await serving.recall(query)), 200, personal);
  });
}
