import type { Exposure } from "../activity/activity-store.ts";
import type { Answer, Query } from "./query.ts";

/** What of an answer is worth keeping: which rows were shown where, by which model and arm, and why. */
export function exposureOf(answer: Answer, { sessionId }: Query, time: number): Exposure {
  const { recommendationId, userId, source, model, experiment, items } = answer;
  return {
    recommendationId,
    ...(userId !== undefined && { userId }),
    ...(sessionId !== undefined && { sessionId }),
    time,
    model: model.version,
    channel: model.channel,
    ...(experiment && { experiment: experiment.name, arm: experiment.arm }),
    source,
    rows: items.map(({ itemId, rank, source, propensity }) => ({
      ...{ itemId, position: rank, source },
      ...(propensity !== undefined && { propensity }),
    })),
  };
}
