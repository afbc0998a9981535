import { IdTable } from "../math/id-table.ts";
import type { EventLog } from "./event-log.ts";

/** The same events of users who bear other names: nothing that is made of them knows the ids. */
export function pseudonymousLog(log: EventLog, pseudonymOf: (userId: string) => string): EventLog {
  const users = IdTable.from(Array.from(log.users, pseudonymOf));
  if (users.count === log.users.count) return { ...log, users };
  throw new Error("two users have the same pseudonym");
}
