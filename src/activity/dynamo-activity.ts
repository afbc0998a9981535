import {
  type Activity,
  ActivityError,
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
import { DynamoTable, type TableRecord } from "./dynamo-table.ts";

export interface DynamoActivityOptions {
  /** days after which events, exposures and sessions may go; the archive that the stream feeds keeps them longer */
  readonly keepDays?: number;
  /** where DynamoDB is, if not where the environment says */
  readonly endpoint?: string;
  readonly now?: () => number;
}

const daySeconds = 86_400;
const keepDaysDefault = 30;

/**
 * A table as the store of activity. Partitions are a user, a session, the items, and an erasure each.
 * @throws ActivityError where the client is not installed
 */
export async function openDynamoActivity(
  table: string,
  { keepDays = keepDaysDefault, endpoint, now = Date.now }: DynamoActivityOptions = {},
): Promise<ActivityStore> {
  const sdk = await import("@aws-sdk/client-dynamodb").catch((cause: unknown) => {
    throw new ActivityError(`dynamodb:${table}: @aws-sdk/client-dynamodb is not installed`, { cause });
  });
  const client = new sdk.DynamoDBClient(endpoint === undefined ? {} : { endpoint });
  return new DynamoActivity(new DynamoTable(sdk, client, table, now), `dynamodb:${table}`, { keepDays, now });
}

class DynamoActivity implements ActivityStore {
  readonly location: string;
  readonly #table: DynamoTable;
  readonly #keepSeconds: number;
  readonly #now: () => number;

  constructor(table: DynamoTable, location: string, options: { keepDays: number; now: () => number }) {
    this.#table = table;
    this.location = location;
    this.#keepSeconds = options.keepDays * daySeconds;
    this.#now = options.now;
  }

  /** Sessions one after another, since the first event that names a user moves the earlier ones. */
  async putEvents(events: readonly ActivityEvent[]): Promise<number> {
    let added = 0;
    const owners = new Map<string, string | undefined>();
    for (const { sessionId, userId } of events) {
      if (userId !== undefined && owners.get(sessionId) !== userId) {
        await this.#join(sessionId, userId);
        owners.set(sessionId, userId);
      } else if (!owners.has(sessionId)) {
        owners.set(sessionId, await this.#userOf(sessionId));
      }
    }
    const records = new Map<string, TableRecord>();
    for (const event of events) {
      const record = this.#eventRecord({ ...event, userId: event.userId ?? owners.get(event.sessionId) });
      // The same event twice in a request would race with itself.
      if (!records.has(`${record.pk} ${record.sk}`)) records.set(`${record.pk} ${record.sk}`, record);
    }
    for (const isNew of await Promise.all(
      [...records.values()].map((record) => this.#table.putNew(record)),
    )) {
      if (isNew) added++;
    }
    return added;
  }

  async read({ userId: named, sessionId, erasureKey }: WhoseActivity): Promise<Activity> {
    const userId = named ?? (sessionId === undefined ? undefined : await this.#userOf(sessionId));
    const newest = { since: 0, count: recentCountMax };
    const [attributes, erased, ...found] = await Promise.all([
      userId === undefined ? undefined : this.#table.get(ownerKey({ userId }), "attributes"),
      erasureKey === undefined ? undefined : this.#table.get(`erased#${erasureKey}`, "erased"),
      ...ownersOf({ userId, sessionId }).map((owner) => this.#table.byTime(owner, newest)),
    ]);
    const events = found
      .flat()
      .map((record) => parse<ActivityEvent>(record))
      .sort((a, b) => a.time - b.time)
      .slice(-recentCountMax);
    return { userId, events, attributes: attributes && propertiesOf(attributes), erasedAt: erased?.time };
  }

  async putExposure(exposure: Exposure): Promise<void> {
    await this.#table.putNew({
      pk: exposureOwner(exposure),
      sk: exposureKey(exposure),
      body: JSON.stringify(exposure),
      expires: this.#expiry(exposure.time),
    });
  }

  async exposures(whose: WhoseActivity, count: number): Promise<Exposure[]> {
    const found = await Promise.all(
      ownersOf(whose).map((owner) => this.#table.lastOf(owner, { prefix: "exposure#", count })),
    );
    return newestExposures(
      found.flat().map((record) => parse<Exposure>(record)),
      count,
    );
  }

  async putItems(
    items: readonly { readonly itemId: string; readonly properties: Properties }[],
  ): Promise<void> {
    const time = this.#now();
    await Promise.all(
      items.map(({ itemId, properties }) =>
        this.#table.merge({ pk: "items", sk: `item#${itemId}`, time, properties: toJson(properties) }),
      ),
    );
  }

  async itemChanges(since: number): Promise<ItemChange[]> {
    const records = await this.#table.byTime("items", { since, count: Number.POSITIVE_INFINITY });
    return records.reverse().map((record) => ({
      itemId: record.sk.slice("item#".length),
      properties: propertiesOf(record),
      changedAt: record.time ?? 0,
    }));
  }

  async putUsers(
    users: readonly { readonly userId: string; readonly properties: Properties }[],
  ): Promise<void> {
    // A user without properties has nothing to keep.
    const told = users.filter(({ properties }) => Object.keys(properties).length > 0);
    await Promise.all(
      told.map(({ userId, properties }) =>
        this.#table.merge({ pk: ownerKey({ userId }), sk: "attributes", properties: toJson(properties) }),
      ),
    );
  }

  async exportUser(userId: string): Promise<UserRecord> {
    const records = await this.#table.partition(ownerKey({ userId }));
    const under = (prefix: string) => records.filter(({ sk }) => sk.startsWith(prefix));
    const attributes = under("attributes")[0];
    return {
      events: bodiesOf<ActivityEvent>(records, "event#").sort((a, b) => a.time - b.time),
      exposures: bodiesOf<Exposure>(records, "exposure#").sort((a, b) => a.time - b.time),
      sessions: under("session#").map(({ sk }) => sk.slice("session#".length)),
      attributes: attributes && propertiesOf(attributes),
    };
  }

  async eraseUser(userId: string, erasureKey: string, at: number): Promise<void> {
    // First what every server asks for, so that no answer uses what is half gone.
    await this.#table.put({ pk: `erased#${erasureKey}`, sk: "erased", time: at, expires: this.#expiry(at) });
    const pk = ownerKey({ userId });
    for (const { sk } of await this.#table.partition(pk)) {
      if (sk.startsWith("session#")) await this.#table.delete(sk, "owner");
      await this.#table.delete(pk, sk);
    }
  }

  async *userEvents(): AsyncIterable<readonly ActivityEvent[]> {
    for await (const page of this.#table.all()) {
      const users = page.filter(({ pk }) => pk.startsWith("user#"));
      yield bodiesOf<ActivityEvent>(users, "event#");
    }
  }

  async *records(): AsyncIterable<ActivityRecords> {
    for await (const page of this.#table.all()) {
      yield { events: bodiesOf(page, "event#"), exposures: bodiesOf(page, "exposure#") };
    }
  }

  /** The table's time to live does it; what was deleted is in no page that anyone can read. */
  async sweep(): Promise<void> {}

  close(): void {
    this.#table.close();
  }

  /** The session is the user's from now on; what was done in it before, however it came late, is moved. */
  async #join(sessionId: string, userId: string): Promise<void> {
    const session = ownerKey({ sessionId });
    const user = ownerKey({ userId });
    const records = await this.#table.partition(session);
    const expires = this.#expiry(this.#now() / 1000);
    if (records.find(({ sk }) => sk === "owner")?.userId !== userId) {
      await this.#table.put({ pk: session, sk: "owner", userId, expires });
      await this.#table.put({ pk: user, sk: session, expires });
    }
    for (const record of records.filter(({ sk }) => sk !== "owner")) {
      const body = JSON.stringify({ ...parse<object>(record), userId });
      await this.#table.putNew({ ...record, pk: user, body });
      await this.#table.delete(session, record.sk);
    }
  }

  async #userOf(sessionId: string): Promise<string | undefined> {
    return (await this.#table.get(ownerKey({ sessionId }), "owner"))?.userId;
  }

  #eventRecord(event: ActivityEvent): TableRecord {
    return {
      pk: ownerKey(event),
      sk: `event#${event.eventId}`,
      time: event.time,
      body: JSON.stringify(event),
      expires: this.#expiry(event.time),
    };
  }

  #expiry(time: number): number {
    return Math.ceil(time + this.#keepSeconds);
  }
}

/** Exposures are read newest first, so their keys rise by time. */
function exposureKey({ time, recommendationId }: Exposure): string {
  return `exposure#${String(Math.round(time * 1000)).padStart(15, "0")}#${recommendationId}`;
}

function bodiesOf<T>(records: readonly TableRecord[], prefix: string): T[] {
  return records.filter(({ sk }) => sk.startsWith(prefix)).map((record) => parse<T>(record));
}

function parse<T>({ body = "{}" }: TableRecord): T {
  return JSON.parse(body) as T;
}

function toJson(properties: Properties): Record<string, string> {
  return Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, JSON.stringify(value)]));
}

function propertiesOf({ properties = {} }: TableRecord): Properties {
  return Object.fromEntries(
    Object.entries(properties).map(([name, json]) => [name, JSON.parse(json) as unknown]),
  );
}
