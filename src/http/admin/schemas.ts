import { z } from "@hono/zod-openapi";
import { rulesSchema } from "../../registry/rules.ts";
import { resultSchema, runSchema, trialRecordSchema } from "../../tracking/record.ts";
import { answerSchema } from "../answers.ts";

/** As this program gives it: nothing that is answered is changed on the way. */
const list = <T extends z.ZodType>(schema: T) => z.array(schema).readonly();

const interval = z.object({ value: z.number(), low: z.number(), high: z.number() });
const figures = z.record(z.string(), z.union([z.number(), interval]));
const byTask = z.object({ all: figures.optional(), new: figures.optional() });

const leadSchema = interval
  .extend({
    metric: z.string().openapi({ example: "ndcg@10 on new items" }),
    userCount: z.int(),
    relative: interval.optional().openapi({ description: "the same ÷ the other's figure" }),
  })
  .openapi("Lead", { description: "A paired difference with its 95 % interval over users" });

const action = z.discriminatedUnion("do", [
  z.object({ do: z.literal("promote"), version: z.string() }),
  z.object({ do: z.literal("rollback"), version: z.string() }),
  z.object({ do: z.literal("open"), page: z.enum(["models", "rules", "performance", "products"]) }),
  z.object({ do: z.literal("copy"), command: z.string() }),
]);

export const summarySchema = z
  .object({
    sentence: z.string(),
    clauses: list(
      z.object({
        text: z.string(),
        about: z.enum(["models", "performance", "products"]),
        how: z.string().openapi({ description: "how the figure came about" }),
      }),
    ),
    figures: z.object({
      model: z.object({ version: z.string(), createdAt: z.string(), isPersonal: z.boolean() }).optional(),
      overPopularity: leadSchema.optional(),
      answers: z
        .object({
          answers: z.int(),
          toKnown: z.int(),
          personal: z.int(),
          isPartial: z.boolean().openapi({ description: "the store was not read to its end" }),
        })
        .optional()
        .openapi({ description: "of the last seven days" }),
      products: z
        .object({
          count: z.int(),
          neverShown: z.int(),
          lists: z.int(),
          length: z.int(),
          examples: list(z.object({ itemId: z.string(), title: z.string() })),
        })
        .optional(),
    }),
    todos: list(z.object({ title: z.string(), why: z.string(), button: z.string(), action })),
  })
  .openapi("Summary");

const gateSchema = z
  .object({
    decision: z.enum(["promote", "hold"]),
    reason: z.string(),
    difference: interval.extend({ relative: interval.optional() }).optional(),
    forced: z.string().optional(),
  })
  .openapi("GateAnswer");

const change = {
  at: z.string(),
  action: z.enum(["promote", "rollback", "catalog", "rules"]),
  ...{ model: z.string().optional(), catalog: z.string().optional(), rules: z.string().optional() },
  ...{ who: z.string(), why: z.string() },
  gate: z
    .object({ decision: z.enum(["promote", "hold"]), reason: z.string(), forced: z.string().optional() })
    .optional(),
};

const modelCard = z
  .object({
    ...{ version: z.string(), createdAt: z.string(), isLive: z.boolean() },
    factors: z.int().openapi({ description: "0: it only knows what is popular" }),
    ...{ userCount: z.int(), itemCount: z.int(), eventCount: z.int(), source: z.string(), split: z.string() },
    lastEvent: z.string().optional(),
    metrics: byTask.optional(),
    baselines: z.record(z.string(), byTask),
    ...{ overPopularity: leadSchema.optional(), overLive: leadSchema.optional() },
  })
  .openapi("ModelCard");

export const modelsSchema = z.object({ models: list(modelCard) }).openapi("Models");

export const modelDetailSchema = modelCard
  .extend({
    recipe: z.unknown(),
    seed: z.int(),
    history: list(z.object({ ...change, channel: z.string(), registry: z.string().optional() })),
    gate: gateSchema.optional(),
  })
  .openapi("ModelDetail");

export const channelStateSchema = z
  .object({
    name: z.string(),
    ...{ model: z.string().optional(), catalog: z.string().optional(), rules: z.string().optional() },
    etag: z.string().openapi({ description: "for If-Match; also in the header ETag" }),
    history: list(z.object(change)),
    held: list(
      z.object({
        ...{ at: z.string(), action: z.enum(["promote", "rollback", "hold"]), model: z.string() },
        ...{ who: z.string(), why: z.string(), gate: change.gate },
      }),
    ).openapi({ description: "models that asked to go live and were told no" }),
    earlier: list(z.string()).openapi({ description: "what can be gone back to, the nearest first" }),
    serving: z.string().optional(),
    failure: z.string().optional(),
  })
  .openapi("ChannelState");

export const promotedSchema = z.object({ version: z.string(), gate: gateSchema }).openapi("Promoted");
export const rolledBackSchema = z.object({ version: z.string() }).openapi("RolledBack");

/** The records' own schemas, but for what recipes and grids hold: that is the trainer's to say. */
const runCard = runSchema.extend({
  ...{ grid: z.any().optional(), endedCount: z.int() },
  result: resultSchema.extend({ recipe: z.unknown() }).optional(),
});
const trial = trialRecordSchema.extend({ recipe: z.unknown() });
export const runsSchema = z.object({ runs: list(runCard) }).openapi("Runs");
export const runDetailSchema = runCard.extend({ trials: list(trial) }).openapi("RunDetail");

const faults = list(z.object({ rule: z.string(), reason: z.string() }));

/** Made without what adds names for documents: there it stands wherever it is used. */
export const rulesBody = rulesSchema;

export const liveRulesSchema = z
  .object({
    version: z.string().openapi({ description: '"none" until some were saved; for If-Match' }),
    rules: rulesBody,
    faults,
    history: list(z.object({ version: z.string(), at: z.string(), who: z.string(), why: z.string() })),
  })
  .openapi("LiveRules");

export const savedRulesSchema = z.object({ version: z.string() }).openapi("SavedRules");
export const someRulesSchema = z.object({ version: z.string(), rules: rulesBody }).openapi("SomeRules");

const row = answerSchema.shape.items.element;

export const previewSchema = z
  .object({
    before: list(row),
    after: list(row.extend({ rankBefore: z.int().optional() })),
    gone: list(z.string()),
    rules: list(z.object({ rule: z.string(), itemCount: z.int().optional(), needs: list(z.string()) })),
    faults,
  })
  .openapi("RulesPreview");

const servingChange = z.object({
  ...{ k: z.int(), userCount: z.int() },
  ndcg: interval.extend({
    ...{ userCount: z.int(), champion: z.number(), challenger: z.number() },
    relative: interval.optional(),
  }),
  coverage: z.object({ before: z.number(), after: z.number() }),
  changedLists: z.number(),
});

export const costSchema = z
  .object({
    measuredOn: z.string(),
    userCount: z.int(),
    all: servingChange.openapi({ description: "against no rules" }),
    change: servingChange.openapi({ description: "against the rules that are live" }),
    each: list(servingChange.extend({ rule: z.string() })),
  })
  .openapi("RulesCost");

export const shelfSchema = z
  .object({
    productCount: z.int(),
    fields: list(
      z.discriminatedUnion("kind", [
        z.object({ kind: z.literal("number"), name: z.string(), least: z.number(), most: z.number() }),
        z.object({
          ...{ kind: z.literal("text"), name: z.string(), valueCount: z.int() },
          values: list(z.object({ value: z.string(), count: z.int() })),
        }),
      ]),
    ),
  })
  .openapi("Shelf");

export const shoppersSchema = z
  .object({
    shoppers: list(
      z.object({
        ...{ userId: z.string(), label: z.string().optional(), items: z.int() },
        last: list(z.string()),
      }),
    ),
  })
  .openapi("KnownShoppers");

/** Intervals of nothing have no bounds. */
const measured = z.object({
  value: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
});

export const outcomesSchema = z
  .object({
    days: z.int(),
    ...{ answers: z.int(), outcomes: z.int(), owed: z.int(), switched: z.int() },
    groups: list(
      z.object({
        by: z.enum(["all", "row", "model", "arm"]),
        ...{ name: z.string(), users: z.int(), shown: z.int() },
        ...{ clickThrough: measured, addToCart: measured, purchases: z.int(), revenuePerThousand: measured },
        revenuePerUser: measured.optional(),
      }),
    ),
    sources: list(
      z.object({
        ...{ name: z.string(), click: z.int(), cart: z.int(), purchase: z.int(), revenue: z.number() },
      }),
    ),
  })
  .openapi("Outcomes");

export const sessionSchema = z
  .object({ who: z.string(), channel: z.string(), registry: z.string(), hasReport: z.boolean() })
  .openapi("Session");
