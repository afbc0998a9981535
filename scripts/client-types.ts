import { z } from "@hono/zod-openapi";
import { eventsBody, itemsBody, usersBody } from "../src/http/activity-bodies.ts";
import {
  answerSchema,
  becauseSchema,
  explanationSchema,
  itemPageSchema,
  itemSchema,
  problemSchema,
  productSchema,
  trendSchema,
} from "../src/http/answers.ts";
import { modelSchema, readySchema } from "../src/http/health.ts";
import { itemsQuery, shopperPageSchema } from "../src/http/items.ts";
import { inBody, narrowing, recommendationParameters } from "../src/http/parameters.ts";
import { exportSchema } from "../src/http/users.ts";

/** What `src/http/contract.ts` names, by the schemas that its types come from. */
const outputs = {
  RecommendationsQuery: recommendationParameters(inBody),
  ListQuery: z.object({ ...narrowing(inBody), numResults: inBody.count.optional() }),
  ItemsQuery: z.object({
    ...itemsQuery.shape,
    page: inBody.page.optional(),
    pageSize: inBody.pageSize.optional(),
  }),
  Answer: answerSchema,
  TrendAnswer: trendSchema,
  BecauseAnswer: becauseSchema,
  Explanation: explanationSchema,
  Item: itemSchema,
  ItemPage: itemPageSchema,
  ShopperPage: shopperPageSchema,
  Product: productSchema,
  ModelFacts: modelSchema,
  Ready: readySchema,
  UserExport: exportSchema,
  ProblemBody: problemSchema,
};
const inputs = { EventsBody: eventsBody, ItemsBody: itemsBody, UsersBody: usersBody };

/** The part of JSON Schema that zod writes for these. */
interface Schema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
}

/**
 * The declarations of the contract without zod: who imports the client needs no more than this one file. A check
 * compares them with the types that zod infers.
 */
export function contractDeclarations(): string {
  const declared = [declarationsOf(outputs, "output"), declarationsOf(inputs, "input")];
  return `/** The contract, written from the schemas that validate. */\n${declared.join("\n")}`;
}

export function declarationsOf(schemas: Readonly<Record<string, z.ZodType>>, io: "input" | "output"): string {
  return Object.entries(schemas)
    .map(([name, schema]) => declaration(name, schema, io))
    .join("\n");
}

function declaration(name: string, schema: z.ZodType, io: "input" | "output"): string {
  const json = z.toJSONSchema(schema, { io, unrepresentable: "any", reused: "inline" }) as Schema;
  return `export type ${name} = ${typeText(json, "")};\n`;
}

function typeText(schema: Schema, indent: string): string {
  if ("const" in schema) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.oneOf) return schema.oneOf.map((each) => typeText(each, indent)).join(" | ");
  if (schema.anyOf) return schema.anyOf.map((each) => typeText(each, indent)).join(" | ");
  if (Array.isArray(schema.type)) return schema.type.map((type) => typeText({ type }, indent)).join(" | ");
  switch (schema.type) {
    case "string":
    case "boolean":
    case "null":
      return schema.type;
    case "number":
    case "integer":
      return "number";
    case "array":
      return `Array<${typeText(schema.items ?? {}, indent)}>`;
    case "object":
      return objectText(schema, indent);
    default:
      return "unknown";
  }
}

function objectText({ properties, required = [], additionalProperties }: Schema, indent: string): string {
  const inside = `${indent}  `;
  const fields = Object.entries(properties ?? {}).map(([name, schema]) => {
    const type = typeText(schema, inside);
    return required.includes(name) ? `${name}: ${type};` : `${name}?: ${type} | undefined;`;
  });
  if (additionalProperties !== undefined && additionalProperties !== false) {
    fields.push(
      `[name: string]: ${fields.length > 0 ? "unknown" : typeText(recordOf(additionalProperties), inside)};`,
    );
  }
  return `{\n${fields.map((field) => inside + field).join("\n")}\n${indent}}`;
}

function recordOf(values: true | Schema): Schema {
  return values === true ? {} : values;
}
