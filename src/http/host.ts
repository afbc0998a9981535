import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Serving } from "../serving/serving.ts";
import type { Caller, Guard } from "./guard.ts";
import type { RateLimit } from "./rate-limit.ts";
import type { RequestNames, RequestRecord, RequestTrace } from "./request-trace.ts";

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

/** Live training, as a page shows it. */
export interface TrainingProgress {
  /** a few words: "evaluating baselines", "trial 3 of 8" */
  readonly step: string;
  /** 0 to 1, where it can be told */
  readonly done?: number | undefined;
  /** why it ended without a model, if it did */
  readonly failure?: string | undefined;
  /** what was tried of late, the newest last */
  readonly trials?: readonly TrialNote[] | undefined;
  /** what was measured on the hidden part so far */
  readonly leaderboard?: LeaderboardNote | undefined;
}

export interface TrialNote {
  /** from 1, in the order in which they ended */
  readonly trial: number;
  readonly of: number;
  /** in words: "128 factors, α₀ 0.15, λ 0.0015" */
  readonly settings: string;
  /** the figure that validation chooses by; absent where the trial failed */
  readonly value?: number | undefined;
  /** it went on no further than a cheap trial */
  readonly fellOut?: boolean | undefined;
}

export interface LeaderboardNote {
  /** such as `ndcg@10` */
  readonly metric: string;
  /** users with something to find in the hidden part */
  readonly userCount: number;
  /** best first */
  readonly rows: readonly {
    readonly name: string;
    readonly value: number;
    readonly low?: number | undefined;
    readonly high?: number | undefined;
    /** is it the model that is being trained? */
    readonly isOurs: boolean;
  }[];
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
