import { aggregateBy, type Interactions } from "./aggregate.ts";
import { type ConfidenceSettings, compileConfidence } from "./confidence.ts";
import type { EventLog } from "./event-log.ts";

/**
 * Sums a log's events by pair as `aggregateBy` does, its settings' formula compiled first.
 * @throws FormulaError, and what `aggregateBy` throws
 */
export function aggregate(log: EventLog, settings: ConfidenceSettings): Interactions {
  return aggregateBy(log, settings, compileConfidence(settings.formula, settings.parameters));
}
