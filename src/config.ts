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
  GATEWAY_AUTH: z
    .enum(["NONE", "API_KEY", "IAM", "COGNITO"], "NONE, API_KEY, IAM or COGNITO")
    .default("NONE"),
  USER_ID_CLAIM: z.string().min(1).default("sub"),
  MODEL_TTL: seconds.default(30),
  CATALOG_TTL: seconds.default(60),
  SCORE_TEMPERATURE: z
    .string()
    .regex(/^\d{1,3}(\.\d{1,6})?$/, "a number of at least 0.01, such as 0.1")
    .transform(Number)
    .refine((value) => value >= 0.01, "a number of at least 0.01, such as 0.1")
    .optional(),
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
  AISLE_EVENTS: z
    .string()
    .regex(/^(sqlite|dynamodb):.+$/, "sqlite:PATH or dynamodb:TABLE")
    .optional(),
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: wholeNumber(128, 10_240).optional(),
  TRAINING_SECONDS: wholeNumber(1, 900).default(900),
  AWS_REGION: z.string().optional(),
  AWS_PROFILE: z.string().optional(),
  AWS_ACCESS_KEY_ID: z.string().optional(),
  AWS_SECRET_ACCESS_KEY: z.string().optional(),
  AWS_SESSION_TOKEN: z.string().optional(),
  AWS_ENDPOINT_URL: z.url("an address such as http://127.0.0.1:9000").optional(),
  AWS_ENDPOINT_URL_S3: z.url("an address such as http://127.0.0.1:9000").optional(),
});

/** What the runtime, this program and a catalogue take beside the models. */
const reservedBytes = 128 * 2 ** 20;

/** For a child process: everything as it is. */
export function wholeEnvironment(): Readonly<Record<string, string | undefined>> {
  return process.env;
}

/** Under the names that MLflow's and Comet's own clients read. */
const trackerVariables = [
  ...["MLFLOW_TRACKING_URI", "MLFLOW_TRACKING_TOKEN", "MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD"],
  ...[
    "MLFLOW_EXPERIMENT_NAME",
    "COMET_API_KEY",
    "COMET_WORKSPACE",
    "COMET_PROJECT_NAME",
    "COMET_URL_OVERRIDE",
  ],
];

/** Where runs are sent, as it stands there: what is wrong with it must not keep a training from its work. */
export function trackerEnvironment(): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(trackerVariables.map((name) => [name, process.env[name]]));
}

/** What can be told of an environment that is not usable as a whole. */
export function readUsable(environment: Readonly<Record<string, string | undefined>> = process.env) {
  const { AISLE_CHANNEL, ALLOWED_ORIGINS } = schema.shape;
  const channel = AISLE_CHANNEL.safeParse(environment.AISLE_CHANNEL || undefined);
  const origins = ALLOWED_ORIGINS.safeParse(environment.ALLOWED_ORIGINS || undefined);
  return { channel: channel.data ?? "unknown", allowedOrigins: origins.data ?? [] };
}

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
  /** a file, or the ARN of a secret of AWS Secrets Manager */
  readonly keysFile: string | undefined;
  /** whom the gateway before the Lambda lets through; what it says of callers is believed then */
  readonly gatewayAuth: "NONE" | "API_KEY" | "IAM" | "COGNITO";
  /** the claim of a Cognito token that is the user's id in the shop's events */
  readonly userIdClaim: string;
  readonly modelTtlSeconds: number;
  readonly catalogTtlSeconds: number;
  /** of the softmax that Amazon Personalize's dialect tells scores by */
  readonly scoreTemperature: number | undefined;
  /** the store of activity, `sqlite:PATH` or `dynamodb:TABLE` */
  readonly activity: string | undefined;
  readonly port: number;
  readonly allowedOrigins: readonly string[];
  /** the function that the check before traffic calls, with its version: a name or an ARN */
  readonly checkedFunction: string | undefined;
  /** what models may take together; undefined: as much as there is */
  readonly memoryBytesMax: number | undefined;
  /** of the Lambda that this is */
  readonly functionMegabytes: number | undefined;
  /** what Lambda ends an invocation of training after; its environment does not say so by itself */
  readonly functionSeconds: number;
  readonly s3: S3Environment;
}

/** How AWS's own variables say that S3 is reached; what they leave open is found as AWS's tools find it. */
export interface S3Environment {
  readonly region: string | undefined;
  /** an S3 that is not AWS */
  readonly endpoint: string | undefined;
  readonly credentials:
    | {
        readonly accessKeyId: string;
        readonly secretAccessKey: string;
        readonly sessionToken: string | undefined;
      }
    | undefined;
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
    gatewayAuth: data.GATEWAY_AUTH,
    userIdClaim: data.USER_ID_CLAIM,
    modelTtlSeconds: data.MODEL_TTL,
    catalogTtlSeconds: data.CATALOG_TTL,
    scoreTemperature: data.SCORE_TEMPERATURE,
    activity: data.AISLE_EVENTS,
    port: data.PORT,
    allowedOrigins: data.ALLOWED_ORIGINS,
    checkedFunction: data.NEW_VERSION,
    memoryBytesMax: megabytes === undefined ? undefined : megabytes * 2 ** 20 - reservedBytes,
    functionMegabytes: megabytes,
    functionSeconds: data.TRAINING_SECONDS,
    s3: s3Of(data),
  };
}

/** A profile that is named goes before keys in the environment, as with AWS's tools. */
function s3Of(data: z.infer<typeof schema>): S3Environment {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = data;
  const hasKeys =
    accessKeyId !== undefined && secretAccessKey !== undefined && data.AWS_PROFILE === undefined;
  return {
    region: data.AWS_REGION,
    endpoint: data.AWS_ENDPOINT_URL_S3 ?? data.AWS_ENDPOINT_URL,
    credentials: hasKeys ? { accessKeyId, secretAccessKey, sessionToken: data.AWS_SESSION_TOKEN } : undefined,
  };
}
