import { chmodSync, existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import {
  type Activity,
  ActivityError,
  type ActivityEvent,
  type ActivityStore,
  type Exposure,
  exposureOwner,
  type ItemChange,
  ownerKey,
  type Properties,
  recentCountMax,
  type UserRecord,
  type WhoseActivity,
} from "./activity-store.ts";

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
  CREATE INDEX IF NOT EXISTS exposures_by_owner ON exposures(owner);
  CREATE TABLE IF NOT EXISTS items(
    item_id TEXT PRIMARY KEY, properties TEXT NOT NULL, changed_at INTEGER NOT NULL) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS items_by_change ON items(changed_at);
  CREATE TABLE IF NOT EXISTS users(user_id TEXT PRIMARY KEY, properties TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS erasures(erasure_key TEXT PRIMARY KEY, erased_at REAL NOT NULL) WITHOUT ROWID;
`;

const batchSize = 10_000;

/**
 * Opens or makes a file of activity that several processes may share.
 * @throws ActivityError where the file cannot be used, or this Node has no SQLite
 */
export async function openSqliteActivity(path: string, now = Date.now): Promise<ActivityStore> {
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
    return new SqliteActivity(database, `sqlite:${path}`, now);
  } catch (cause) {
    throw new ActivityError(`sqlite:${path}: ${(cause as Error).message}`, { cause });
  }
}

class SqliteActivity implements ActivityStore {
  readonly location: string;
  readonly #database: DatabaseSync;
  readonly #now: () => number;
  readonly #statements = new Map<string, ReturnType<DatabaseSync["prepare"]>>();

  constructor(database: DatabaseSync, location: string, now: () => number) {
    this.#database = database;
    this.location = location;
    this.#now = now;
  }

  async putEvents(events: readonly ActivityEvent[]): Promise<number> {
    return this.#atOnce(() => {
      let added = 0;
      for (const event of events) added += this.#putEvent(event);
      return added;
    });
  }

  async read({ userId: named, sessionId, erasureKey }: WhoseActivity): Promise<Activity> {
    return this.#attempt(() => {
      const userId = named ?? (sessionId === undefined ? undefined : this.#userOf(sessionId));
      const owners = [
        ...(userId === undefined ? [] : [ownerKey({ userId })]),
        ...(sessionId === undefined ? [] : [ownerKey({ sessionId })]),
      ];
      const events = owners
        .flatMap((owner) => this.#eventsOf(owner, recentCountMax))
        .sort((a, b) => a.time - b.time)
        .slice(-recentCountMax);
      const attributes = userId === undefined ? undefined : this.#attributesOf(userId);
      const erased =
        erasureKey === undefined
          ? undefined
          : this.#all("SELECT erased_at FROM erasures WHERE erasure_key = ?", erasureKey)[0];
      return { userId, events, attributes, erasedAt: erased?.erased_at as number | undefined };
    });
  }

  async putExposure(exposure: Exposure): Promise<void> {
    const owner = exposureOwner(exposure);
    this.#attempt(() =>
      this.#run("INSERT OR IGNORE INTO exposures VALUES (?, ?, ?, ?)", [
        ...[exposure.recommendationId, owner, exposure.time, JSON.stringify(exposure)],
      ]),
    );
  }

  async putItems(
    items: readonly { readonly itemId: string; readonly properties: Properties }[],
  ): Promise<void> {
    this.#atOnce(() => {
      for (const { itemId, properties } of items) {
        this.#run(
          "INSERT INTO items VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET " +
            "properties = json_patch(properties, excluded.properties), changed_at = excluded.changed_at",
          [itemId, JSON.stringify(properties), this.#now()],
        );
      }
    });
  }

  async itemChanges(since: number): Promise<ItemChange[]> {
    return this.#attempt(() =>
      this.#all("SELECT * FROM items WHERE changed_at >= ? ORDER BY changed_at, item_id", since).map(
        (row) => ({
          itemId: row.item_id as string,
          properties: JSON.parse(row.properties as string) as Properties,
          changedAt: row.changed_at as number,
        }),
      ),
    );
  }

  async putUsers(
    users: readonly { readonly userId: string; readonly properties: Properties }[],
  ): Promise<void> {
    this.#atOnce(() => {
      for (const { userId, properties } of users) {
        this.#run(
          "INSERT INTO users VALUES (?, ?) ON CONFLICT DO UPDATE SET " +
            "properties = json_patch(properties, excluded.properties)",
          [userId, JSON.stringify(properties)],
        );
      }
    });
  }

  async exportUser(userId: string): Promise<UserRecord> {
    return this.#attempt(() => {
      const owner = ownerKey({ userId });
      const exposures = this.#all("SELECT body FROM exposures WHERE owner = ? ORDER BY time", owner);
      const sessions = this.#all("SELECT session_id FROM sessions WHERE user_id = ?", userId);
      return {
        events: this.#eventsOf(owner, -1),
        exposures: exposures.map((row) => parse<Exposure>(row)),
        sessions: sessions.map((row) => row.session_id as string),
        attributes: this.#attributesOf(userId),
      };
    });
  }

  async eraseUser(userId: string, erasureKey: string, at: number): Promise<void> {
    const owner = ownerKey({ userId });
    this.#atOnce(() => {
      this.#run("DELETE FROM events WHERE owner = ?", [owner]);
      this.#run("DELETE FROM exposures WHERE owner = ?", [owner]);
      this.#run("DELETE FROM sessions WHERE user_id = ?", [userId]);
      this.#run("DELETE FROM users WHERE user_id = ?", [userId]);
      this.#run("INSERT OR REPLACE INTO erasures VALUES (?, ?)", [erasureKey, at]);
    });
  }

  async *userEvents(): AsyncIterable<readonly ActivityEvent[]> {
    let owner = "user#";
    let eventId = "";
    for (;;) {
      const rows = this.#attempt(() =>
        this.#all(
          `SELECT owner, event_id, body FROM events WHERE (owner, event_id) > (?, ?) AND owner < 'user$' ` +
            `ORDER BY owner, event_id LIMIT ${batchSize}`,
          owner,
          eventId,
        ),
      );
      const last = rows.at(-1);
      if (last === undefined) return;
      owner = last.owner as string;
      eventId = last.event_id as string;
      yield rows.map((row) => parse<ActivityEvent>(row));
    }
  }

  async sweep(before: number): Promise<void> {
    this.#attempt(() => {
      this.#run("DELETE FROM events WHERE time < ?", [before]);
      this.#run("DELETE FROM exposures WHERE time < ?", [before]);
      // Pages that were freed, and the log that still holds what stood in them.
      this.#database.exec("VACUUM; PRAGMA wal_checkpoint(TRUNCATE);");
    });
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  #putEvent(event: ActivityEvent): number {
    if (event.userId !== undefined) this.#join(event.sessionId, event.userId);
    const userId = event.userId ?? this.#userOf(event.sessionId);
    const owned = { ...event, userId };
    return this.#run("INSERT OR IGNORE INTO events VALUES (?, ?, ?, ?)", [
      ...[ownerKey(owned), event.eventId, event.time, JSON.stringify(owned)],
    ]);
  }

  /** The session is the user's from now on, with what was done in it before. */
  #join(sessionId: string, userId: string): void {
    if (this.#userOf(sessionId) === userId) return;
    this.#run("INSERT OR REPLACE INTO sessions VALUES (?, ?)", [sessionId, userId]);
    const [session, user] = [ownerKey({ sessionId }), ownerKey({ userId })];
    const move = "SET owner = ?, body = json_set(body, '$.userId', ?) WHERE owner = ?";
    // An event that the user has already is the same one, sent again.
    this.#run(`UPDATE OR IGNORE events ${move}`, [user, userId, session]);
    this.#run("DELETE FROM events WHERE owner = ?", [session]);
    this.#run(`UPDATE exposures ${move}`, [user, userId, session]);
  }

  #userOf(sessionId: string): string | undefined {
    const row = this.#all("SELECT user_id FROM sessions WHERE session_id = ?", sessionId)[0];
    return row?.user_id as string | undefined;
  }

  /** The newest `count`, rising by time; -1 for all. */
  #eventsOf(owner: string, count: number): ActivityEvent[] {
    const rows = this.#all(
      "SELECT body FROM events WHERE owner = ? ORDER BY time DESC LIMIT ?",
      owner,
      count,
    );
    return rows.map((row) => parse<ActivityEvent>(row)).reverse();
  }

  #attributesOf(userId: string): Properties | undefined {
    const row = this.#all("SELECT properties FROM users WHERE user_id = ?", userId)[0];
    return row && (JSON.parse(row.properties as string) as Properties);
  }

  #all(sql: string, ...values: SQLInputValue[]) {
    return this.#prepare(sql).all(...values);
  }

  #run(sql: string, values: SQLInputValue[]): number {
    return Number(this.#prepare(sql).run(...values).changes);
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
  #atOnce<T>(work: () => T): T {
    return this.#attempt(() => {
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

  #attempt<T>(work: () => T): T {
    try {
      return work();
    } catch (cause) {
      throw new ActivityError(`${this.location}: ${(cause as Error).message}`, { cause });
    }
  }
}

function parse<T>(row: Record<string, unknown>): T {
  return JSON.parse(row.body as string) as T;
}
