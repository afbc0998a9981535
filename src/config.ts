import { z } from "zod";

const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, `a whole number from ${min} to ${max}`)
    .transform(Number)
    .refine((value) => value >= min && value <= max, `a whole number from ${min} to ${max}`);

const seconds = wholeNumber(0, 86_400);

const schema = z.object({
  AISLE_REGISTRY: z.string().min(1).default(".aisle"),
  AISLE_CHANNEL: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, "a channel is named by letters, digits, _ and -")
    .default("production"),
  AISLE_MODE: z.enum(["follow", "pinned"], "follow or pinned").default("follow"),
  BEST_MODEL: z.string().min(1).optional(),
  AUTH: z.enum(["open", "keys"], "open or keys").optional(),
  AISLE_KEYS: z.string().min(1).optional(),
  MODEL_TTL: seconds.default(30),
  CATALOG_TTL: seconds.default(60),
  PORT: wholeNumber(0, 65_535).default(3000),
  ALLOWED_ORIGINS: z
    .string()
    .transform((text) =>
      text
        .split(",")
        .map((origin) => origin.trim())
        .filter(Boolean),
    )
    .refine(
      (origins) => origins.every(isOrigin),
      "origins such as https://shop.example joined by commas, or *",
    )
    .default([]),
  NEW_VERSION: z.string().min(1).optional(),
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: wholeNumber(128, 10_240).optional(),
});

/** What the runtime, this program and a catalogue take beside the models. */
const reservedBytes = 128 * 2 ** 20;

/** As a browser sends it: nothing after the host, not even a slash. */
function isOrigin(text: string): boolean {
  return text === "*" || (URL.canParse(text) && new URL(text).origin === text);
}

/** The environment, checked. */
export interface Config {
  /** a folder, or `s3://bucket/prefix` */
  readonly registry: string;
  readonly channel: string;
  readonly mode: "follow" | "pinned";
  /** the version that a pinned server serves */
  readonly bestModel: string | undefined;
  /** undefined: open only while the socket is bound to loopback */
  readonly auth: "open" | "keys" | undefined;
  readonly keysFile: string | undefined;
  readonly modelTtlSeconds: number;
  readonly catalogTtlSeconds: number;
  readonly port: number;
  readonly allowedOrigins: readonly string[];
  /** the function that the check before traffic calls, with its version: a name or an ARN */
  readonly checkedFunction: string | undefined;
  /** what models may take together; undefined: as much as there is */
  readonly memoryBytesMax: number | undefined;
}

/** Environment variables that do not say what they must. */
export class ConfigError extends Error {
  override name = "ConfigError";
}

/**
 * Reads the environment once. An empty variable counts as absent.
 * @throws ConfigError naming every wrong variable at once
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>> = process.env): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
  const parsed = schema.safeParse(given);
  const problems = parsed.success
    ? []
    : parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  if (given.AISLE_MODE === "pinned" && !given.BEST_MODEL) {
    problems.push("BEST_MODEL: AISLE_MODE=pinned needs the version to serve");
  }
  if (!parsed.success || problems.length > 0) {
    throw new ConfigError(`the environment is not usable:\n  ${problems.join("\n  ")}`);
  }
  const { data } = parsed;
  const megabytes = data.AWS_LAMBDA_FUNCTION_MEMORY_SIZE;
  return {
    registry: data.AISLE_REGISTRY,
    channel: data.AISLE_CHANNEL,
    mode: data.AISLE_MODE,
    bestModel: data.BEST_MODEL,
    auth: data.AUTH,
    keysFile: data.AISLE_KEYS,
    modelTtlSeconds: data.MODEL_TTL,
    catalogTtlSeconds: data.CATALOG_TTL,
    port: data.PORT,
    allowedOrigins: data.ALLOWED_ORIGINS,
    checkedFunction: data.NEW_VERSION,
    memoryBytesMax: megabytes === undefined ? undefined : megabytes * 2 ** 20 - reservedBytes,
  };
}
