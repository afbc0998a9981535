import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Serving } from "../serving/serving.ts";
import type { Caller, Guard } from "./guard.ts";
import type { RateLimit } from "./rate-limit.ts";
import type { RequestNames, RequestRecord, RequestTrace } from "./request-trace.ts";
import type { TrainingProgress } from "./training-progress.ts";

/** What the place where the application runs gives to it. */
export interface Host {
  readonly serving: Serving;
  readonly guard: Guard;
  /** origins whose pages may read answers; `*` for all, none unless said */
  readonly allowedOrigins?: readonly string[] | undefined;
  /** per caller; `undefined` entries are unlimited. Nobody is limited where authentication is open */
  readonly limits?:
    | { readonly [Kind in "anonymous" | "shopper" | "server"]?: RateLimit | undefined }
    | undefined;
  /** the address of the caller, from whatever the host passes beside the request */
  readonly addressOf?: ((env: unknown) => string | undefined) | undefined;
  /** who asks, where a gateway before the application has found out; `undefined` where it has not */
  readonly callerOf?: ((env: unknown) => Caller | undefined) | undefined;
  /** what a gateway puts before the paths, such as `/prod` */
  readonly prefixOf?: ((env: unknown) => string) | undefined;
  /** the SVG of `/images/<name>.svg` */
  readonly images?: ((name: string) => string | undefined) | undefined;
  /** whom a storefront may pretend to be: a demo's shoppers, never a shop's customers */
  readonly shoppers?: readonly ShopperCard[] | undefined;
  /** training under way in front of the visitor, if any; while there is, the server is not ready */
  readonly training?: (() => TrainingProgress | undefined) | undefined;
  /** what the place where the application runs calls this request; a random id unless said */
  readonly namesOf?: ((env: unknown) => RequestNames) | undefined;
  /** told of every request once it is answered */
  readonly onAnswered?: ((record: RequestRecord) => void) | undefined;
  /** of the softmax that scores are told by in Amazon Personalize's dialect; .1 unless said */
  readonly scoreTemperature?: number | undefined;
  /** ms */
  readonly now?: (() => number) | undefined;
}

export interface ShopperCard {
  readonly id: string;
  /** for a list to choose from */
  readonly label?: string;
  readonly channel?: string;
  readonly persona: string;
  readonly preferences?: readonly string[];
  readonly discountPersona?: string;
}

export interface AppEnv {
  Variables: {
    caller: Caller;
    trace: RequestTrace;
    /** does this request speak Amazon Personalize's dialect? */
    dialect?: boolean;
  };
}

export type App = OpenAPIHono<AppEnv>;
