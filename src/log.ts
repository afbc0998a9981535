/** What a line may say beside its message; never a user's id. */
export type LogFields = Readonly<Record<string, unknown>>;

type Level = "info" | "warn" | "error";

/** One JSON line per happening, on stderr: stdout belongs to results. */
function write(level: Level, message: string, fields: LogFields = {}): void {
  const line = { time: new Date().toISOString(), level, message, ...fields };
  process.stderr.write(
    `${JSON.stringify(line, (_, value) => (value instanceof Error ? describe(value) : value))}\n`,
  );
}

function describe(error: Error): Record<string, unknown> {
  return {
    name: error.name,
    message: error.message,
    stack: error.stack,
    ...(error.cause ? { cause: error.cause } : {}),
  };
}

export const log = {
  info: (message: string, fields?: LogFields): void => write("info", message, fields),
  warn: (message: string, fields?: LogFields): void => write("warn", message, fields),
  error: (message: string, fields?: LogFields): void => write("error", message, fields),
};
