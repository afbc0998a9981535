/** What the one who calls can mend by calling again, with other flags or other files. */
const inputErrors: ReadonlySet<string> = new Set([
  "ActivityError",
  ...["AlsSettingsError", "BadRowsError", "BadItemsError", "ConfidenceError", "ConfigError", "CutoffError"],
  ...[
    "EventWeightError",
    "FormulaError",
    "GridError",
    "HoldOutError",
    "MissingColumnError",
    "SeenEventsError",
    "ShopConfigError",
  ],
  ...[
    "TableError",
    "TooManyEventTypesError",
    "UnknownEventTypeError",
    "UnknownVersionError",
    "RulesError",
    "UsageError",
    "QueryError",
    "OtherBatchError",
    "ArchiveError",
    "RecordingError",
    "ExchangeError",
    "RunError",
    "UnknownRunError",
    "UnlikeMeasurementsError",
    "RunQueryError",
    "MonitorError",
  ],
]);

/** A call whose flags do not go together, or that names what is not there. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** 2 for what the call or its input got wrong, 1 for everything else. */
export function exitCodeOf(error: unknown): 1 | 2 {
  return error instanceof Error && inputErrors.has(error.name) ? 2 : 1;
}

/** An error that a room raised on purpose explains itself; any other is ours to mend, and its place is shown. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return `error: ${String(error)}`;
  const isOurs =
    error.constructor !== Error && !(error instanceof TypeError) && !(error instanceof RangeError);
  return isOurs ? `error: ${error.message}` : `error: ${error.stack ?? error.message}`;
}
