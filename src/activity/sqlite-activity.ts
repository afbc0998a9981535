import {
  type Activity,
  type ActivityEvent,
  type ActivityRecords,
  type ActivityStore,
  type Exposure,
  exposureOwner,
  type ItemChange,
  newestExposures,
  ownerKey,
  ownersOf,
  type Properties,
  recentCountMax,
  type UserRecord,
  type WhoseActivity,
} from "./activity-store.ts";
import { openDatabase, type SqliteDatabase } from "./sqlite-database.ts";

const batchSize = 10_000;

/** Opens or makes a file of activity. @throws ActivityError where it cannot be used, or this Node has no SQLite */
export async function openSqliteActivity(path: string, now = Date.now): Promise<ActivityStore> {
  return new SqliteActivity(await openDatabase(path), now);
}

class SqliteActivity implements ActivityStore {
  readonly location: string;
  readonly #database: SqliteDatabase;
  readonly #now: () => number;

  constructor(database: SqliteDatabase, now: () => number) {
    this.#database = database;
    this.location = database.location;
    this.#now = now;
  }

  async putEvents(events: readonly ActivityEvent[]): Promise<number> {
    return this.#database.atOnce(() => {
      let added = 0;
      for (const event of events) added += this.#putEvent(event);
      return added;
    });
  }

  async read({ userId: named, sessionId, erasureKey }: WhoseActivity): Promise<Activity> {
    return this.#database.attempt(() => {
      const userId = named ?? (sessionId === undefined ? undefined : this.#userOf(sessionId));
      const events = ownersOf({ userId, sessionId })
        .flatMap((owner) => this.#eventsOf(owner, recentCountMax))
        .sort((a, b) => a.time - b.time)
        .slice(-recentCountMax);
      const attributes = userId === undefined ? undefined : this.#attributesOf(userId);
      const erased =
        erasureKey === undefined
          ? undefined
          : this.#database.all("SELECT erased_at FROM erasures WHERE erasure_key = ?", erasureKey)[0];
      return { userId, events, attributes, erasedAt: erased?.erased_at as number | undefined };
    });
  }

  async putExposure(exposure: Exposure): Promise<void> {
    const owner = exposureOwner(exposure);
    this.#database.attempt(() =>
      this.#database.run("INSERT OR IGNORE INTO exposures VALUES (?, ?, ?, ?)", [
        ...[exposure.recommendationId, owner, exposure.time, JSON.stringify(exposure)],
      ]),
    );
  }

  async exposures(whose: WhoseActivity, count: number): Promise<Exposure[]> {
    const ofOwner = (owner: string): Exposure[] =>
      this.#database
        .all("SELECT body FROM exposures WHERE owner = ? ORDER BY time DESC LIMIT ?", owner, count)
        .map((row) => parse<Exposure>(row));
    return this.#database.attempt(() => newestExposures(ownersOf(whose).flatMap(ofOwner), count));
  }

  async putItems(
    items: readonly { readonly itemId: string; readonly properties: Properties }[],
  ): Promise<void> {
    this.#database.atOnce(() => {
      for (const { itemId, properties } of items) {
        this.#database.run(
          "INSERT INTO items VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET " +
            "properties = json_patch(properties, excluded.properties), changed_at = excluded.changed_at",
          [itemId, JSON.stringify(properties), this.#now()],
        );
      }
    });
  }

  async itemChanges(since: number): Promise<ItemChange[]> {
    return this.#database.attempt(() =>
      this.#database
        .all("SELECT * FROM items WHERE changed_at >= ? ORDER BY changed_at, item_id", since)
        .map((row) => ({
          itemId: row.item_id as string,
          properties: JSON.parse(row.properties as string) as Properties,
          changedAt: row.changed_at as number,
        })),
    );
  }

  async putUsers(
    users: readonly { readonly userId: string; readonly properties: Properties }[],
  ): Promise<void> {
    this.#database.atOnce(() => {
      for (const { userId, properties } of users) {
        this.#database.run(
          "INSERT INTO users VALUES (?, ?) ON CONFLICT DO UPDATE SET " +
            "properties = json_patch(properties, excluded.properties)",
          [userId, JSON.stringify(properties)],
        );
      }
    });
  }

  async exportUser(userId: string): Promise<UserRecord> {
    return this.#database.attempt(() => {
      const owner = ownerKey({ userId });
      const exposures = this.#database.all("SELECT body FROM exposures WHERE owner = ? ORDER BY time", owner);
      const sessions = this.#database.all("SELECT session_id FROM sessions WHERE user_id = ?", userId);
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
    this.#database.atOnce(() => {
      this.#database.run("DELETE FROM events WHERE owner = ?", [owner]);
      this.#database.run("DELETE FROM exposures WHERE owner = ?", [owner]);
      this.#database.run("DELETE FROM sessions WHERE user_id = ?", [userId]);
      this.#database.run("DELETE FROM users WHERE user_id = ?", [userId]);
      this.#database.run("INSERT OR REPLACE INTO erasures VALUES (?, ?)", [erasureKey, at]);
    });
  }

  async *userEvents(): AsyncIterable<readonly ActivityEvent[]> {
    yield* this.#bodies<ActivityEvent>("events", "owner, event_id", ["user#", "user$"]);
  }

  async *records(): AsyncIterable<ActivityRecords> {
    for await (const events of this.#bodies<ActivityEvent>("events", "owner, event_id")) {
      yield { events, exposures: [] };
    }
    for await (const exposures of this.#bodies<Exposure>("exposures", "recommendation_id, owner")) {
      yield { events: [], exposures };
    }
  }

  /** What a table holds, in batches by its key of two columns, whose first lies between two texts. */
  async *#bodies<T>(table: string, key: string, [from, before] = ["", "\u{10ffff}"]): AsyncIterable<T[]> {
    const [first, second] = key.split(", ");
    const sql =
      `SELECT ${key}, body FROM ${table} WHERE (${key}) > (?, ?) AND ${first} < ? ` +
      `ORDER BY ${key} LIMIT ${batchSize}`;
    for (let after = [from, ""]; ; ) {
      const rows = this.#database.attempt(() => this.#database.all(sql, ...after, before));
      const last = rows.at(-1);
      if (last === undefined) return;
      after = [last[first] as string, last[second] as string];
      yield rows.map((row) => parse<T>(row));
    }
  }

  async sweep(before: number): Promise<void> {
    this.#database.attempt(() => {
      this.#database.run("DELETE FROM events WHERE time < ?", [before]);
      this.#database.run("DELETE FROM exposures WHERE time < ?", [before]);
    });
    this.#database.vacuum();
  }

  close(): void {
    this.#database.close();
  }

  #putEvent(event: ActivityEvent): number {
    if (event.userId !== undefined) this.#join(event.sessionId, event.userId);
    const userId = event.userId ?? this.#userOf(event.sessionId);
    const owned = { ...event, userId };
    return this.#database.run("INSERT OR IGNORE INTO events VALUES (?, ?, ?, ?)", [
      ...[ownerKey(owned), event.eventId, event.time, JSON.stringify(owned)],
    ]);
  }

  /** The session is the user's from now on, with what was done in it before. */
  #join(sessionId: string, userId: string): void {
    if (this.#userOf(sessionId) === userId) return;
    this.#database.run("INSERT OR REPLACE INTO sessions VALUES (?, ?)", [sessionId, userId]);
    const [session, user] = [ownerKey({ sessionId }), ownerKey({ userId })];
    const move = "SET owner = ?, body = json_set(body, '$.userId', ?) WHERE owner = ?";
    // An event that the user has already is the same one, sent again.
    this.#database.run(`UPDATE OR IGNORE events ${move}`, [user, userId, session]);
    this.#database.run("DELETE FROM events WHERE owner = ?", [session]);
    this.#database.run(`UPDATE exposures ${move}`, [user, userId, session]);
  }

  #userOf(sessionId: string): string | undefined {
    const row = this.#database.all("SELECT user_id FROM sessions WHERE session_id = ?", sessionId)[0];
    return row?.user_id as string | undefined;
  }

  /** The newest `count`, rising by time; -1 for all. */
  #eventsOf(owner: string, count: number): ActivityEvent[] {
    const rows = this.#database.all(
      "SELECT body FROM events WHERE owner = ? ORDER BY time DESC LIMIT ?",
      owner,
      count,
    );
    return rows.map((row) => parse<ActivityEvent>(row)).reverse();
  }

  #attributesOf(userId: string): Properties | undefined {
    const row = this.#database.all("SELECT properties FROM users WHERE user_id = ?", userId)[0];
    return row && (JSON.parse(row.properties as string) as Properties);
  }
}

function parse<T>(row: Record<string, unknown>): T {
  return JSON.parse(row.body as string) as T;
}
