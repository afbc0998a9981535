import type { Context } from "hono";
import type { Answer, Query } from "../serving/query.ts";
import type { Serving } from "../serving/serving.ts";
import { allowedSession, allowedUser } from "./guard.ts";
import type { AppEnv } from "./host.ts";

/** The query as this caller may ask it: of whom, and of which session. */
export function allowedQuery<Q extends Query>(c: Context<AppEnv>, query: Q): Q {
  const caller = c.get("caller");
  const userId = allowedUser(caller, query.userId);
  return { ...query, userId, sessionId: allowedSession(caller, query.sessionId) };
}

/** Recalled before, and kept after: what is shown is part of what users' activity is understood by. */
export function showing(serving: Serving) {
  return async <Asked extends Query, Made extends Answer>(
    c: Context<AppEnv>,
    query: Asked,
    make: (recalled: Asked) => Made,
  ): Promise<Made> => {
    const recalled = await serving.recall(query);
    const answered = c.get("trace").scored(query.userId, () => make(recalled));
    await serving.activity?.expose(answered, recalled);
    return answered;
  };
}
