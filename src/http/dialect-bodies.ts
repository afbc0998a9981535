import { z } from "@hono/zod-openapi";
import { idLengthMax } from "./parameters.ts";

/** Limits are Amazon Personalize's own. */
const numResultsMax = 500;
const withMetadataMax = 50;
const inputListMax = 500;
const columnsMax = 10;

const text = (lengthMax: number) =>
  z
    .string({ error: "must be text" })
    .min(1, "must not be empty")
    .max(lengthMax, `must have at most ${lengthMax} characters`);
const objectError = ({ code }: { code?: string }) =>
  code === "invalid_type" ? "must be a JSON object" : undefined;

const arnError =
  "must be an ARN such as arn:aws:personalize:eu-west-1:123456789012:campaign/user-personalization";
const arn = z
  .string({ error: "must be text" })
  .max(256, "must have at most 256 characters")
  .regex(/^arn:[a-z\d-]+:personalize:[^:]*:[^:]*:.+$/, arnError);
const id = text(idLengthMax);
const range = (max: number) => `must be a whole number from 0 to ${max}`;
const named = (lengthMax: number, countMax: number) =>
  z
    .record(
      z.string().max(150, "names have at most 150 characters"),
      z.string({ error: "must be text" }).max(lengthMax),
      {
        error: "must be an object of texts",
      },
    )
    .refine((values) => Object.keys(values).length <= countMax, `must name at most ${countMax} values`);
const filterValues = named(1000, 25).openapi({
  description: 'of the filter\'s parameters; values are quoted and separated by commas: `"\\"a\\",\\"b\\""`',
});
const columns = `must be {"ITEMS": [names of columns]}, at most ${columnsMax}`;
const metadataColumns = z
  .strictObject(
    { ITEMS: z.array(text(150), { error: columns }).max(columnsMax, columns) },
    { error: columns },
  )
  .openapi({
    description: `columns of the catalogue to tell of each item; then at most ${withMetadataMax} items`,
  });

const promotion = z.strictObject(
  {
    name: z
      .string({ error: "must be text" })
      .regex(/^[a-zA-Z0-9][a-zA-Z0-9\-_]{0,62}$/, "must be 1 to 63 letters, digits, - and _"),
    percentPromotedItems: z.int({ error: "must be a whole number from 1 to 100" }).min(1).max(100),
    filterArn: arn.optional(),
    filterValues: filterValues.optional(),
  },
  { error: objectError },
);

const shared = {
  filterArn: arn.optional().openapi({ description: "its last segment names a filter of the shop's rules" }),
  filterValues: filterValues.optional(),
  context: named(1000, 150).optional().openapi({ description: "taken, and without effect" }),
  metadataColumns: metadataColumns.optional(),
};

const campaign = {
  campaignArn: arn.optional().openapi({ description: "its last segment names the use case" }),
  recommenderArn: arn.optional().openapi({ description: "instead of `campaignArn`" }),
};

export const recommendationsBody = z
  .strictObject(
    {
      ...campaign,
      userId: id.optional(),
      itemId: id.optional(),
      numResults: z
        .int({ error: range(numResultsMax) })
        .min(0, range(numResultsMax))
        .max(numResultsMax, range(numResultsMax))
        .optional()
        .openapi({ default: 25, minimum: 0, maximum: numResultsMax }),
      ...shared,
      promotions: z.array(promotion, { error: "must be a list" }).max(1, "must hold at most 1").optional(),
    },
    { error: objectError },
  )
  .refine(
    ({ campaignArn, recommenderArn }) => (campaignArn === undefined) !== (recommenderArn === undefined),
    {
      path: ["recommenderArn"],
      error: "cannot be given beside campaignArn",
    },
  )
  .refine(
    ({ numResults = 25, metadataColumns: asked }) => asked === undefined || numResults <= withMetadataMax,
    {
      path: ["numResults"],
      error: `must not exceed ${withMetadataMax} where metadataColumns are asked for`,
    },
  )
  .openapi("GetRecommendationsRequest", {
    description: "Amazon Personalize's own, with campaignArn or recommenderArn",
  });

export const rankingBody = z
  .strictObject(
    {
      campaignArn: arn.openapi({ description: "its last segment is `personalized-ranking`" }),
      userId: id,
      inputList: z
        .array(id, { error: `must be a list of 1 to ${inputListMax} ids` })
        .min(1, `must hold 1 to ${inputListMax}`)
        .max(inputListMax, `must hold 1 to ${inputListMax}`),
      ...shared,
    },
    { error: objectError },
  )
  .refine(
    ({ inputList, metadataColumns: asked }) => asked === undefined || inputList.length <= withMetadataMax,
    {
      path: ["inputList"],
      error: `must not exceed ${withMetadataMax} where metadataColumns are asked for`,
    },
  )
  .openapi("GetPersonalizedRankingRequest");

const predictedItem = z
  .object({
    itemId: z.string(),
    score: z.number().optional().openapi({ description: "0 to 1; scores of the whole catalogue sum to 1" }),
    promotionName: z.string().optional(),
    metadata: z.record(z.string(), z.string()).optional(),
    reason: z.array(z.string()).optional(),
  })
  .openapi("PredictedItem");

export type PredictedItem = z.infer<typeof predictedItem>;

export const recommendationsResponse = z
  .object({ itemList: z.array(predictedItem), recommendationId: z.string() })
  .openapi("GetRecommendationsResponse");

export const rankingResponse = z
  .object({ personalizedRanking: z.array(predictedItem), recommendationId: z.string() })
  .openapi("GetPersonalizedRankingResponse");
