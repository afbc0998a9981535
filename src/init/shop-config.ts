import { z } from "zod";

const paths = z.array(z.string().min(1)).min(1);
const channel = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, "letters, digits, _ and -");

const stageSchema = z
  .strictObject({
    registry: z
      .string()
      .min(1)
      .optional()
      .describe(
        "a folder or s3://bucket/prefix; the stack's own bucket where there is a stack and none is said",
      ),
    channel: channel.optional().describe("which model of the registry is live; the stack's, or production"),
    stack: z
      .string()
      .regex(/^[A-Za-z][A-Za-z0-9-]{0,127}$/, "the name of a CloudFormation stack")
      .optional()
      .describe("the stack that serves; without one a promoted model is live"),
    region: z.string().min(1).optional().describe("where the stack is; the credentials' own unless said"),
    function: z.string().min(1).optional().describe("the function that serves; the stack's unless said"),
    configEnv: z.string().min(1).optional().describe("the environment of samconfig.toml; the stage's name"),
    steps: z.array(z.number().min(1).max(100)).min(1).optional().describe("of a rollout, in percent"),
    wait: z.int().min(0).max(86_400).optional().describe("seconds that each step of a rollout is watched"),
  })
  .describe("one place where the shop's models serve");

const schema = z
  .strictObject({
    $schema: z.string().optional(),
    events: paths.describe("files, folders or URLs of what users did"),
    items: paths.optional().describe("files of what the shop sells"),
    columns: z
      .partialRecord(z.enum(["user", "item", "event", "time", "value"]), z.string().min(1))
      .optional()
      .describe("how the events' columns are called, where the names are not understood"),
    weights: z.record(z.string().min(1), z.number()).optional().describe("what an event of each type counts"),
    policy: z.enum(["cautious", "permissive"]).optional().describe("where the gate cannot tell"),
    training: z
      .record(z.string().regex(/^[a-z][a-z-]*$/), z.union([z.string(), z.number(), z.literal(true)]))
      .optional()
      .describe("any other option of aisle train, such as factors: 32,64"),
    stages: z
      .record(z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,31}$/, "letters, digits, _ and -"), stageSchema)
      .refine((stages) => Object.keys(stages).length > 0, "at least one stage"),
  })
  .describe("What aisle flow takes of a shop");

export type ShopConfig = Readonly<z.infer<typeof schema>>;
export type StageConfig = Readonly<z.infer<typeof stageSchema>>;

/** A shop's configuration that cannot be used as it is. */
export class ShopConfigError extends Error {
  override name = "ShopConfigError";
}

/**
 * Checks a shop's configuration.
 * @throws ShopConfigError naming every wrong place at once
 */
export function parseShopConfig(text: string, file: string): ShopConfig {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new ShopConfigError(`${file} is not JSON: ${(cause as Error).message}`, { cause });
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `  ${path.join(".") || "it"}: ${message}`);
  throw new ShopConfigError(`${file} cannot be used:\n${problems.join("\n")}`);
}

/** @throws ShopConfigError where there is no such stage */
export function stageOf(config: ShopConfig, name: string, file: string): StageConfig {
  if (Object.hasOwn(config.stages, name)) return config.stages[name];
  throw new ShopConfigError(
    `${file} has no stage "${name}": there are ${Object.keys(config.stages).join(", ")}`,
  );
}

/** For editors, which complete and explain by it. */
export function shopConfigSchema(): object {
  return z.toJSONSchema(schema);
}
