import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { listShares, temperatureDefault } from "../serving/catalogue-shares.ts";
import { UnknownColumnError } from "../serving/item-columns.ts";
import { type AskedPromotion, type Query, QueryError } from "../serving/query.ts";
import type { Serving } from "../serving/serving.ts";
import { personal, responses } from "./answers.ts";
import { inDialect } from "./aws-errors.ts";
import {
  type PredictedItem,
  rankingBody,
  rankingResponse,
  recommendationsBody,
  recommendationsResponse,
} from "./dialect-bodies.ts";
import { predictedItems } from "./dialect-rows.ts";
import type { App, AppEnv, Host } from "./host.ts";
import { forServers } from "./identify.ts";
import { inBody, parameterErrors, recommendationParameters } from "./parameters.ts";
import type { SampleRequest } from "./postman.ts";
import { invalidParameters, notFound, type ParameterError } from "./problem.ts";
import { allowedQuery, showing } from "./shown.ts";
import { lastSegment, requireRanking, useCaseOf } from "./use-cases.ts";

const postRanking = createRoute({
  method: "post",
  path: "/personalize-ranking",
  tags: ["Recommendations"],
  summary: "A given list in a user's order",
  description:
    "Amazon Personalize's GetPersonalizedRanking. Scores sum to 1 over the list; items that the model does not know " +
    "come last, with 0, in the order that they have.",
  middleware: [inDialect, forServers] as const,
  "x-requests": [
    {
      name: "A list of two",
      needsKey: true,
      body: {
        campaignArn: "arn:aws:personalize:eu-west-1:123456789012:campaign/personalized-ranking",
        userId: "{{userId}}",
        inputList: ["{{itemId}}", "unheard-of"],
      },
    },
  ] satisfies SampleRequest[],
  request: {
    query: z.strictObject({}),
    body: { required: true, content: { "application/json": { schema: rankingBody } } },
  },
  responses: responses(rankingResponse, "The same items, best first"),
});

/** Amazon Personalize's runtime, field for field: what its own clients ask, answers, and errors by their classes. */
export function addDialect(app: App, { serving, scoreTemperature = temperatureDefault }: Host): void {
  app.openAPIRegistry.register("GetRecommendationsRequest", recommendationsBody);
  app.openAPIRegistry.register("GetRecommendationsResponse", recommendationsResponse);
  app.on("POST", "/recommendations", async (c, next) => {
    const body: unknown = await c.req.json().catch(() => undefined);
    if (!namesArn(body)) return next();
    c.set("dialect", true);
    const answer = await recommend(c, serving, { body: recommendationsOf(body), scoreTemperature });
    return c.json(answer, 200, personal);
  });
  app.openapi(postRanking, async (c) => {
    const body = c.req.valid("json");
    requireRanking(body.campaignArn);
    const query = { userId: body.userId, hide: "none" as const, ...filterOf(serving, body) };
    const answered = await asked(() =>
      showing(serving)(c, query, (recalled) => {
        // The list is the shop's own: what the user has done with an item does not take it out.
        return serving.rankGiven({ ...recalled, exclude: undefined }, body.inputList);
      }),
    );
    const personalizedRanking: PredictedItem[] = predictedItems(answered, {
      scores: listShares(answered, scoreTemperature),
      metadata: metadataOf(serving, answered.items, body.metadataColumns),
    });
    return c.json({ personalizedRanking, recommendationId: answered.recommendationId }, 200, personal);
  });
}

type Body = z.output<typeof recommendationsBody>;

interface AskedBody {
  readonly body: Body;
  readonly scoreTemperature: number;
}

async function recommend(c: Context<AppEnv>, serving: Serving, { body, scoreTemperature }: AskedBody) {
  const useCase = useCaseOf((body.campaignArn ?? body.recommenderArn) as string);
  const missing = useCase.needs.filter((name) => body[name] === undefined);
  if (missing.length > 0)
    throw invalid(missing.map((parameter) => [parameter, "is needed by this use case"]));
  const query = allowedQuery(c, {
    userId: body.userId,
    itemId: body.itemId,
    numResults: body.numResults || undefined,
    hide: useCase.hide,
    ...filterOf(serving, body),
    ...promotionsOf(serving, body),
  });
  const answered = await asked(() =>
    showing(serving)(c, query, (recalled) => {
      const answer = useCase.ask(serving, recalled);
      const scores = useCase.hasScores ? serving.shares(answer, recalled, scoreTemperature) : [];
      return { ...answer, scores };
    }),
  );
  const itemList = predictedItems(answered, {
    scores: answered.scores,
    metadata: metadataOf(serving, answered.items, body.metadataColumns),
    hasReasons: useCase.hasReasons,
  });
  return { itemList, recommendationId: answered.recommendationId };
}

const arns = ["campaignArn", "recommenderArn"];
const sharedNames = ["userId", "itemId", "numResults", "filterValues"];
const ownNames = Object.keys(recommendationParameters(inBody).shape).filter(
  (name) => !sharedNames.includes(name),
);

function namesArn(body: unknown): body is object {
  return typeof body === "object" && body !== null && arns.some((name) => name in body);
}

function recommendationsOf(body: object): Body {
  const mixed = ownNames.filter((name) => name in body);
  if (mixed.length > 0) {
    throw invalid(mixed.map((name) => [name, "cannot be mixed with campaignArn or recommenderArn"]));
  }
  const parsed = recommendationsBody.safeParse(body);
  if (parsed.success) return parsed.data;
  throw invalidParameters(parameterErrors(parsed.error, "body", Object.keys(recommendationsBody.shape)));
}

interface Filtered {
  readonly filterArn?: string | undefined;
  readonly filterValues?: Record<string, string> | undefined;
}

function filterOf(
  serving: Serving,
  { filterArn, filterValues }: Filtered,
): Pick<Query, "filterName" | "filterValues"> {
  if (filterArn === undefined) {
    if (filterValues === undefined || Object.keys(filterValues).length === 0) return {};
    throw invalid([["filterValues", "are of no filter: give filterArn"]]);
  }
  const filterName = lastSegment(filterArn);
  if (!serving.hasFilter(filterName)) {
    throw notFound(`There is no filter "${filterName.slice(0, 63)}" among the shop's rules.`);
  }
  return { filterName, ...(filterValues && { filterValues }) };
}

function promotionsOf(serving: Serving, { promotions }: Body): Pick<Query, "promotions"> {
  if (promotions === undefined || promotions.length === 0) return {};
  return {
    promotions: promotions.map(
      ({ filterArn, filterValues, ...promotion }): AskedPromotion => ({
        ...promotion,
        ...filterOf(serving, { filterArn, filterValues }),
      }),
    ),
  };
}

function metadataOf(
  serving: Serving,
  items: readonly { readonly itemId: string }[],
  columns: { readonly ITEMS: readonly string[] } | undefined,
): Map<string, Record<string, string>> | undefined {
  if (columns === undefined) return undefined;
  try {
    return serving.columnsOf(
      items.map(({ itemId }) => itemId),
      columns.ITEMS,
    );
  } catch (error) {
    if (error instanceof UnknownColumnError) throw invalid([["metadataColumns", error.message]]);
    throw error;
  }
}

/** What is wrong with a query, in the names of this dialect. */
async function asked<T>(answer: () => Promise<T>): Promise<T> {
  try {
    return await answer();
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    const named = (parameter: string) => (parameter === "filterName" ? "filterArn" : parameter);
    throw invalid(error.faults.map(({ parameter, detail }) => [named(parameter), detail]));
  }
}

function invalid(faults: readonly (readonly [parameter: string, detail: string])[]) {
  return invalidParameters(
    faults.map(([parameter, detail]): ParameterError => ({ parameter, in: "body", detail })),
  );
}
