import { chmodSync, existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { ActivityError } from "./activity-store.ts";
import { Checkpoints } from "./checkpoints.ts";

/** Bodies are JSON; the columns beside them are what is asked by. */
const schema = `
  CREATE TABLE IF NOT EXISTS events(
    owner TEXT NOT NULL, event_id TEXT NOT NULL, time REAL NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY(owner, event_id)) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS events_by_time ON events(owner, time);
  CREATE TABLE IF NOT EXISTS sessions(session_id TEXT PRIMARY KEY, user_id TEXT NOT NULL) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS sessions_by_user ON sessions(user_id);
  CREATE TABLE IF NOT EXISTS exposures(
    recommendation_id TEXT PRIMARY KEY, owner TEXT NOT NULL, time REAL NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS exposures_by_time ON exposures(owner, time);
  CREATE TABLE IF NOT EXISTS items(
    item_id TEXT PRIMARY KEY, properties TEXT NOT NULL, changed_at INTEGER NOT NULL) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS items_by_change ON items(changed_at);
  CREATE TABLE IF NOT EXISTS users(user_id TEXT PRIMARY KEY, properties TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS erasures(erasure_key TEXT PRIMARY KEY, erased_at REAL NOT NULL) WITHOUT ROWID;
`;

/**
 * Opens or makes a file that several processes may share.
 * @throws ActivityError where the file cannot be used, or this Node has no SQLite
 */
export async function openDatabase(path: string): Promise<SqliteDatabase> {
  const { DatabaseSync } = await import("node:sqlite").catch((cause: unknown) => {
    throw new ActivityError(
      `sqlite:${path}: Node ${process.versions.node} has no SQLite of its own; Node 24 does (so does "npm start")`,
      { cause },
    );
  });
  try {
    if (path !== ":memory:") mkdirSync(dirname(path), { recursive: true });
    const isNew = path !== ":memory:" && !existsSync(path);
    const database = new DatabaseSync(path, { timeout: 5000 });
    // What people did is nobody else's to read; the files beside it take its mode.
    if (isNew) chmodSync(path, 0o600);
    // What is deleted is overwritten; a write survives the process, and readers do not wait for writers.
    database.exec("PRAGMA journal_mode = WAL; PRAGMA secure_delete = ON; PRAGMA synchronous = NORMAL;");
    database.exec(schema);
    return new SqliteDatabase(database, path);
  } catch (cause) {
    throw new ActivityError(`sqlite:${path}: ${(cause as Error).message}`, { cause });
  }
}

/** Statements on one file, prepared once each; every failure names the file. */
export class SqliteDatabase {
  readonly location: string;
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, ReturnType<DatabaseSync["prepare"]>>();
  readonly #checkpoints: Checkpoints | undefined;

  constructor(database: DatabaseSync, path: string) {
    this.#database = database;
    this.location = `sqlite:${path}`;
    if (path === ":memory:") return;
    database.exec("PRAGMA wal_autocheckpoint = 0");
    this.#checkpoints = new Checkpoints(path, () => database.exec("PRAGMA wal_autocheckpoint = 1000"));
  }

  all(sql: string, ...values: SQLInputValue[]) {
    return this.#prepare(sql).all(...values);
  }

  run(sql: string, values: SQLInputValue[]): number {
    const { changes } = this.#prepare(sql).run(...values);
    this.#checkpoints?.wrote();
    return Number(changes);
  }

  #prepare(sql: string) {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  /** All of it or nothing. */
  atOnce<T>(work: () => T): T {
    return this.attempt(() => {
      this.#database.exec("BEGIN IMMEDIATE");
      try {
        const result = work();
        this.#database.exec("COMMIT");
        return result;
      } catch (error) {
        this.#database.exec("ROLLBACK");
        throw error;
      }
    });
  }

  attempt<T>(work: () => T): T {
    try {
      return work();
    } catch (cause) {
      throw new ActivityError(`${this.location}: ${(cause as Error).message}`, { cause });
    }
  }

  /** Gives back the pages that were freed, and empties the log that still holds what stood in them. */
  vacuum(): void {
    this.attempt(() => this.#database.exec("VACUUM; PRAGMA wal_checkpoint(TRUNCATE);"));
  }

  close(): void {
    this.#checkpoints?.end();
    if (this.#database.isOpen) this.#database.close();
  }
}
