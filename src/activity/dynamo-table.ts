import type { AttributeValue, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { ActivityError } from "./activity-store.ts";

type Sdk = typeof import("@aws-sdk/client-dynamodb");

/** A record of the table. Those with a `time` are found by it too, through the index `by-time`. */
export interface TableRecord {
  readonly pk: string;
  readonly sk: string;
  readonly time?: number | undefined;
  /** JSON */
  readonly body?: string | undefined;
  /** epoch seconds after which it may go */
  readonly expires?: number | undefined;
  readonly userId?: string | undefined;
  /** name → JSON */
  readonly properties?: Readonly<Record<string, string>>;
}

const propertyPrefix = "p:";

/**
 * One table of DynamoDB with the keys `pk` and `sk`, the local index `by-time` on `time`, and `expires` as its time to
 * live. Reads are consistent: what one server wrote, the next one sees.
 */
export class DynamoTable {
  readonly #sdk: Sdk;
  readonly #client: DynamoDBClient;
  readonly #name: string;
  readonly #now: () => number;

  constructor(sdk: Sdk, client: DynamoDBClient, name: string, now: () => number) {
    this.#sdk = sdk;
    this.#client = client;
    this.#name = name;
    this.#now = now;
  }

  async get(pk: string, sk: string): Promise<TableRecord | undefined> {
    const Key = { pk: { S: pk }, sk: { S: sk } };
    const command = new this.#sdk.GetItemCommand({ TableName: this.#name, Key, ConsistentRead: true });
    const { Item } = await this.#attempt(() => this.#client.send(command));
    return Item && this.#live([Item])[0];
  }

  async put(record: TableRecord): Promise<void> {
    const command = new this.#sdk.PutItemCommand({ TableName: this.#name, Item: marshal(record) });
    await this.#attempt(() => this.#client.send(command));
  }

  /** Whether it was put: false where a record of these keys is there already. */
  async putNew(record: TableRecord): Promise<boolean> {
    const command = new this.#sdk.PutItemCommand({
      TableName: this.#name,
      Item: marshal(record),
      ConditionExpression: "attribute_not_exists(pk)",
    });
    return this.#attempt(() =>
      this.#client.send(command).then(
        () => true,
        (error: Error) => {
          if (error.name === "ConditionalCheckFailedException") return false;
          throw error;
        },
      ),
    );
  }

  /** Sets these properties and the time, and leaves the others. */
  async merge({ pk, sk, time, properties = {} }: TableRecord): Promise<void> {
    const entries: [string, AttributeValue][] = [
      ...(time === undefined ? [] : [["time", { N: String(time) }] as [string, AttributeValue]]),
      ...Object.entries(properties).map(
        ([name, json]) => [propertyPrefix + name, { S: json }] as [string, AttributeValue],
      ),
    ];
    const command = new this.#sdk.UpdateItemCommand({
      TableName: this.#name,
      Key: { pk: { S: pk }, sk: { S: sk } },
      UpdateExpression: `SET ${entries.map((_, at) => `#n${at} = :v${at}`).join(", ")}`,
      ExpressionAttributeNames: Object.fromEntries(entries.map(([name], at) => [`#n${at}`, name])),
      ExpressionAttributeValues: Object.fromEntries(entries.map(([, value], at) => [`:v${at}`, value])),
    });
    await this.#attempt(() => this.#client.send(command));
  }

  async delete(pk: string, sk: string): Promise<void> {
    const Key = { pk: { S: pk }, sk: { S: sk } };
    const command = new this.#sdk.DeleteItemCommand({ TableName: this.#name, Key });
    await this.#attempt(() => this.#client.send(command));
  }

  /** Every record of a partition whose `sk` begins so. */
  async partition(pk: string, prefix = ""): Promise<TableRecord[]> {
    return this.#query({
      KeyConditionExpression: prefix === "" ? "pk = :pk" : "pk = :pk AND begins_with(sk, :prefix)",
      ExpressionAttributeValues: { ":pk": { S: pk }, ...(prefix !== "" && { ":prefix": { S: prefix } }) },
    });
  }

  /** The last records of a partition by `sk`, of those whose `sk` begins so, last first, at most `count`. */
  async lastOf(pk: string, { prefix, count }: { prefix: string; count: number }): Promise<TableRecord[]> {
    const found = await this.#query(
      {
        KeyConditionExpression: "pk = :pk AND begins_with(sk, :prefix)",
        ExpressionAttributeValues: { ":pk": { S: pk }, ":prefix": { S: prefix } },
        ScanIndexForward: false,
        Limit: count,
      },
      count,
    );
    return found.slice(0, count);
  }

  /** Records of a partition with a time from `since` on, newest first, at most `count`. */
  async byTime(pk: string, { since, count }: { since: number; count: number }): Promise<TableRecord[]> {
    const found = await this.#query(
      {
        IndexName: "by-time",
        KeyConditionExpression: "pk = :pk AND #time >= :since",
        ExpressionAttributeNames: { "#time": "time" },
        ExpressionAttributeValues: { ":pk": { S: pk }, ":since": { N: String(since) } },
        ScanIndexForward: false,
        ...(Number.isFinite(count) && { Limit: count }),
      },
      count,
    );
    return found.slice(0, count);
  }

  /** The whole table, a page at a time. */
  async *all(): AsyncIterable<TableRecord[]> {
    let from: Record<string, AttributeValue> | undefined;
    do {
      const command = new this.#sdk.ScanCommand({ TableName: this.#name, ExclusiveStartKey: from });
      const page = await this.#attempt(() => this.#client.send(command));
      from = page.LastEvaluatedKey;
      yield this.#live(page.Items ?? []);
    } while (from !== undefined);
  }

  close(): void {
    this.#client.destroy();
  }

  async #query(query: object, count = Number.POSITIVE_INFINITY): Promise<TableRecord[]> {
    const found: TableRecord[] = [];
    let from: Record<string, AttributeValue> | undefined;
    do {
      const input = { TableName: this.#name, ConsistentRead: true, ...query, ExclusiveStartKey: from };
      const page = await this.#attempt(() => this.#client.send(new this.#sdk.QueryCommand(input)));
      found.push(...this.#live(page.Items ?? []));
      from = page.LastEvaluatedKey;
    } while (from !== undefined && found.length < count);
    return found;
  }

  /** The table may keep what has expired for days before it deletes it. */
  #live(items: readonly Record<string, AttributeValue>[]): TableRecord[] {
    const now = this.#now() / 1000;
    return items.map(unmarshal).filter(({ expires }) => expires === undefined || expires > now);
  }

  async #attempt<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      throw new ActivityError(`dynamodb:${this.#name}: ${(cause as Error).message}`, { cause });
    }
  }
}

function marshal(record: TableRecord): Record<string, AttributeValue> {
  const { time, expires, properties = {}, ...texts } = record;
  const item: Record<string, AttributeValue> = {};
  for (const [name, text] of Object.entries(texts)) if (text !== undefined) item[name] = { S: text };
  if (time !== undefined) item.time = { N: String(time) };
  if (expires !== undefined) item.expires = { N: String(expires) };
  for (const [name, json] of Object.entries(properties)) item[propertyPrefix + name] = { S: json };
  return item;
}

/** A record of the table, or of its stream, from DynamoDB's JSON. */
export function unmarshal(item: Readonly<Record<string, AttributeValue>>): TableRecord {
  const number = (name: string) => (item[name]?.N === undefined ? undefined : Number(item[name].N));
  const named = Object.entries(item).filter(([name]) => name.startsWith(propertyPrefix));
  return {
    pk: item.pk?.S ?? "",
    sk: item.sk?.S ?? "",
    time: number("time"),
    body: item.body?.S,
    expires: number("expires"),
    userId: item.userId?.S,
    properties: Object.fromEntries(
      named.map(([name, value]) => [name.slice(propertyPrefix.length), value.S ?? "null"]),
    ),
  };
}
