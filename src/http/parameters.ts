import { z } from "@hono/zod-openapi";
import type { Query } from "../serving/query.ts";
import type { ParameterError } from "./problem.ts";

export const idLengthMax = 256;
const recentMax = 500;
const excludeMax = 5000;
/** Amazon Personalize's own. */
const filterLengthMax = 2500;

/** How a kind of value is written: as text in a query string, as itself in a JSON body. */
interface Kinds {
  readonly count: z.ZodType<number>;
  readonly price: z.ZodType<number>;
  /** 0 to 1 */
  readonly share: z.ZodType<number>;
  readonly days: z.ZodType<number>;
  readonly page: z.ZodType<number>;
  readonly pageSize: z.ZodType<number>;
  readonly flag: z.ZodType<boolean>;
  readonly text: (lengthMax: number) => z.ZodType<string>;
  readonly list: (countMax: number) => z.ZodType<string[]>;
  readonly values: z.ZodType<NonNullable<Query["filterValues"]>>;
}

const givenOnce = "must be given once";
const wholeNumber = z
  .string({ error: givenOnce })
  .regex(/^-?\d{1,15}$/, "must be a whole number")
  .transform(Number);
const decimalNumber = z
  .string({ error: givenOnce })
  .regex(/^-?\d{1,15}(\.\d{1,25})?(e[+-]?\d{1,3})?$/i, "must be a number such as 12.50")
  .transform(Number);
const text = (error: string) => (lengthMax: number) =>
  z.string({ error }).min(1, "must not be empty").max(lengthMax, `must have at most ${lengthMax} characters`);
const listOf = (countMax: number) =>
  z
    .array(text("must be text")(idLengthMax), { error: "must be a list of ids" })
    .max(countMax, `must hold at most ${countMax}`);
const between = (min: number, max: number) => (value: number) => value >= min && value <= max;
const oneOf = (values: readonly string[]) => `must be ${values.slice(0, -1).join(", ")} or ${values.at(-1)}`;

const oneFilterValue = z.string({ error: "must be text" }).max(1000, "must have at most 1000 characters");
/** A record of what each parameter of a filter is worth: in a body; in a query each is a parameter of its own. */
const filterValues = z
  .record(
    z.string().max(100, "names have at most 100 characters"),
    z.union([oneFilterValue, z.array(oneFilterValue).max(100)], { error: "must be text or a list of texts" }),
    { error: 'must name values, such as {"PRICE": "20"}' },
  )
  .refine((values) => Object.keys(values).length <= 25, "must name at most 25 values");

const countRange = "must be a whole number from 1 to 500";
const pageRange = "must be a whole number from 1 to 100000";
const priceRange = "must be a number of at least 0";
const shareRange = "must be a number from 0 to 1";
const daysRange = "must be a number of days from 0 to 3650";

export const inQuery: Kinds = {
  count: wholeNumber
    .refine(between(1, 500), countRange)
    .openapi({ type: "integer", minimum: 1, maximum: 500, default: 25 }),
  price: decimalNumber.refine(between(0, 1e15), priceRange).openapi({ type: "number", minimum: 0 }),
  share: decimalNumber
    .refine(between(0, 1), shareRange)
    .openapi({ type: "number", minimum: 0, maximum: 1, default: 0 }),
  days: decimalNumber
    .refine(between(0, 3650), daysRange)
    .openapi({ type: "number", minimum: 0, maximum: 3650 }),
  page: wholeNumber
    .refine(between(1, 100_000), pageRange)
    .openapi({ type: "integer", minimum: 1, maximum: 100_000, default: 1 }),
  pageSize: wholeNumber
    .refine(between(1, 500), countRange)
    .openapi({ type: "integer", minimum: 1, maximum: 500, default: 24 }),
  flag: z
    .string({ error: givenOnce })
    .refine((value) => value === "true" || value === "false", oneOf(["true", "false"]))
    .transform((value) => value === "true")
    .openapi({ type: "boolean", default: false }),
  text: text(givenOnce),
  list: (countMax) =>
    z
      .preprocess((value) => (Array.isArray(value) ? value : [value]), listOf(countMax))
      .openapi({
        type: "array",
        items: { type: "string", minLength: 1, maxLength: idLengthMax },
        maxItems: countMax,
      }),
  values: filterValues.openapi({
    param: { style: "deepObject", explode: true },
    type: "object",
    additionalProperties: { type: "string", maxLength: 1000 },
  }),
};

export const inBody: Kinds = {
  count: z
    .int({ error: countRange })
    .min(1, countRange)
    .max(500, countRange)
    .openapi({ default: 25, minimum: 1, maximum: 500 }),
  price: z.number({ error: priceRange }).min(0, priceRange),
  share: z.number({ error: shareRange }).min(0, shareRange).max(1, shareRange).openapi({ default: 0 }),
  days: z.number({ error: daysRange }).min(0, daysRange).max(3650, daysRange),
  page: z.int({ error: pageRange }).min(1, pageRange),
  pageSize: z.int({ error: countRange }).min(1, countRange).max(500, countRange),
  flag: z.boolean({ error: oneOf(["true", "false"]) }).openapi({ default: false }),
  text: text("must be text"),
  list: listOf,
  values: filterValues,
};

/** An id as a segment of a path. */
export const idInPath = text(givenOnce)(idLengthMax);

/** What narrows the items of any list. */
export function narrowing(kinds: Kinds) {
  return {
    category: described(kinds.text(idLengthMax), "only items of this category, as /categories names it"),
    minPrice: described(kinds.price, "an item without a price is outside every range"),
    maxPrice: described(kinds.price, "at least minPrice"),
    filter: described(
      kinds.text(filterLengthMax),
      "an expression in Amazon Personalize's language, such as `INCLUDE ItemID WHERE Items.PRICE <= $PRICE`",
    ),
    filterName: described(kinds.text(63), "a filter of the shop's rules, instead of `filter`"),
    filterValues: described(
      kinds.values,
      "of the filter's parameters: `filterValues[PRICE]=20`; repeated, or quoted with commas, for several",
    ),
    exclude: described(kinds.list(excludeMax), "ids of items never to show"),
  };
}

const descriptions = {
  sessionId: "whose events, posted to /events, count as well; those of a user come with `userId` already",
  userId: "whom it is for; one that is not known is answered with what is popular",
  itemId: "items like this one; goes before `recent` and `userId`",
  recent:
    "this session's items, newest last: an id, or `id:EventType` where it was not a view; folded in with what " +
    "`userId` did before, and goes before `userId` alone",
  numResults: "exactly so many, wherever the catalogue and the conditions leave as many",
  hide:
    "what of one's own past is not shown: what one bought (where the data has no purchases, what one interacted " +
    "with), everything one interacted with, or nothing",
  explain: "adds `because` to personal rows",
  model:
    "a version to be answered by instead of the live one, to compare them; for admins, and where nobody has to say who " +
    "they are. Nothing is kept of it",
  diversity: "how unlike each other the first 50 rows are to be, by category and factors",
  popularityInfluence: "at 1 only how many took an item counts",
  freshnessInfluence: "at 1 only how new an item is counts",
  rotationRate: "how much an item sinks each time that it is shown and not clicked",
  explorationWeight: "the share of the places that go to young items, drawn alike of the hundred best",
  explorationItemAgeCutOff: "days since an item appeared up to which it is young, 30 unless said",
};

/** The parameters of `/recommendations`, by the same names in a query string and in a body. */
export function recommendationParameters(kinds: Kinds) {
  const hides = ["purchased", "interacted", "none"] as const;
  const hide = z.enum(hides, { error: oneOf(hides) }).openapi({ default: "purchased" });
  const shape = {
    userId: described(kinds.text(idLengthMax), descriptions.userId),
    sessionId: described(kinds.text(idLengthMax), descriptions.sessionId),
    itemId: described(kinds.text(idLengthMax), descriptions.itemId),
    recent: described(kinds.list(recentMax), descriptions.recent),
    numResults: described(kinds.count, descriptions.numResults),
    ...narrowing(kinds),
    hide: described(hide, descriptions.hide),
    explain: described(kinds.flag, descriptions.explain),
    model: described(kinds.text(64), descriptions.model),
    diversity: described(kinds.share, descriptions.diversity),
    popularityInfluence: described(kinds.share, descriptions.popularityInfluence),
    freshnessInfluence: described(kinds.share, descriptions.freshnessInfluence),
    rotationRate: described(kinds.share, descriptions.rotationRate),
    explorationWeight: described(kinds.share, descriptions.explorationWeight),
    explorationItemAgeCutOff: described(kinds.days, descriptions.explorationItemAgeCutOff),
  };
  const error = ({ code }: { code?: string }) =>
    code === "invalid_type" ? "must be a JSON object" : undefined;
  return withPriceRange(z.strictObject(shape, { error }));
}

function described<T extends z.ZodType>(schema: T, description: string): z.ZodOptional<T> {
  return schema.optional().openapi({ description });
}

interface PriceRange {
  readonly minPrice?: number | undefined;
  readonly maxPrice?: number | undefined;
}

/** Refuses a range that holds no price, also where other parameters are wrong. */
export function withPriceRange<T extends z.ZodType<PriceRange>>(schema: T): T {
  const isRange = ({ minPrice, maxPrice }: PriceRange) =>
    typeof minPrice !== "number" || typeof maxPrice !== "number" || minPrice <= maxPrice;
  return schema.refine(isRange, {
    path: ["minPrice"],
    error: ({ input }) => `must not exceed maxPrice (${(input as PriceRange).maxPrice})`,
    when: ({ value }) => typeof value === "object" && value !== null,
  });
}

/** zod's issues as the errors of a problem: one for each parameter and reason. */
export function parameterErrors(
  error: z.ZodError,
  place: ParameterError["in"],
  known: readonly string[],
): ParameterError[] {
  return error.issues.flatMap((issue) => {
    if (issue.code !== "unrecognized_keys") {
      const { parameter, at } = whereOf(issue.path, place);
      return [{ parameter, in: place, detail: at + issue.message }];
    }
    if (issue.path.length > 0) {
      const { parameter, at } = whereOf(issue.path, place);
      return issue.keys.map((key) => ({ parameter, in: place, detail: `${at}"${key}" is unknown` }));
    }
    return issue.keys.map((parameter) => ({
      parameter,
      in: place,
      detail: unknownParameter(known),
    }));
  });
}

/** The parameter that an issue is about, and where inside of it: `entry 2: itemId `. */
function whereOf([name, index, ...inside]: readonly PropertyKey[], place: string) {
  const entry = typeof index === "number" ? `entry ${index + 1}: ` : "";
  const field = inside.length > 0 ? `${inside.map(String).join(".")} ` : "";
  return { parameter: name === undefined ? place : String(name), at: entry + field };
}

function unknownParameter(known: readonly string[]): string {
  return known.length === 0
    ? "is unknown: this route takes no parameters"
    : `is unknown; known are ${known.join(", ")}`;
}
