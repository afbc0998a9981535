/** What a line may say beside its message; never a user's id. */
export type LogFields = Readonly<Record<string, unknown>>;

type Level = "info" | "warn" | "error";

let isHushed = false;

/** One JSON line per happening, on stderr: stdout belongs to results. */
function write(level: Level, message: string, fields: LogFields = {}): void {
  if (isHushed && level !== "error") return;
  const head = { time: new Date().toISOString(), level, message };
  process.stderr.write(`${toJson(head, fields)}\n`);
}

function toJson(head: LogFields, fields: LogFields): string {
  try {
    return JSON.stringify({ ...head, ...fields }, (_, value) => plain(value));
  } catch (error) {
    // What turns in a circle cannot be told; that something happened can.
    return JSON.stringify({ ...head, unsaid: String(error) });
  }
}

/** JSON knows neither errors nor large integers; a line must not fail over what it tells. */
function plain(value: unknown): unknown {
  if (value instanceof Error) return describe(value);
  return typeof value === "bigint" ? String(value) : value;
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
  /**
   * An answered request; told even while the rest is hushed, since it is only told where somebody asked for it. The
   * fields are plain JSON: as nothing has to be looked for in them, a line takes a third of the time.
   */
  request: (fields: LogFields): void => {
    const line = { time: new Date().toISOString(), level: "info", message: "request", ...fields };
    process.stderr.write(`${JSON.stringify(line)}\n`);
  },
  /** Writes errors only until what it gives is called: for a program that tells a person the rest in its own words. */
  hush: (): (() => void) => {
    isHushed = true;
    return () => {
      isHushed = false;
    };
  },
};
