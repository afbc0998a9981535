import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

type Value = { S?: string; N?: string };
type Item = Record<string, Value>;

interface Request {
  readonly Key: Item;
  readonly Item: Item;
  readonly ConditionExpression?: string;
  readonly UpdateExpression?: string;
  readonly KeyConditionExpression?: string;
  readonly ExpressionAttributeNames?: Record<string, string>;
  readonly ExpressionAttributeValues?: Record<string, Value>;
  readonly IndexName?: string;
  readonly ScanIndexForward?: boolean;
  readonly Limit?: number;
  readonly ExclusiveStartKey?: Item;
}

/** The part of DynamoDB's JSON protocol that the store speaks, pages of two records included; all else is refused. */
export class DynamoStandIn {
  readonly items = new Map<string, Item>();
  /** INSERT and REMOVE records, as the table's stream would hold them */
  readonly stream: { eventName: string; dynamodb: { NewImage?: Item } }[] = [];
  failing = false;
  readonly #server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const operation = String(request.headers["x-amz-target"]).split(".")[1];
      const { status, body } = this.#answer(
        operation,
        JSON.parse(Buffer.concat(chunks).toString()) as Request,
      );
      response.writeHead(status, { "content-type": "application/x-amz-json-1.0" });
      response.end(JSON.stringify(body));
    });
  });

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #answer(operation: string, request: Request): { status: number; body: object } {
    if (this.failing) return refusal("ValidationException", "the stand-in fails, as asked");
    switch (operation) {
      case "GetItem":
        return ok({ Item: this.items.get(keyOf(request.Key)) });
      case "PutItem":
        return this.#put(request);
      case "UpdateItem":
        return this.#update(request);
      case "DeleteItem":
        if (this.items.delete(keyOf(request.Key))) this.stream.push({ eventName: "REMOVE", dynamodb: {} });
        return ok({});
      case "Query":
        return this.#query(request);
      case "Scan":
        return page([...this.items.values()], request);
      default:
        return refusal("UnknownOperationException", operation);
    }
  }

  #put({ Item, ConditionExpression }: Request) {
    const key = keyOf(Item);
    const before = this.items.get(key);
    if (ConditionExpression === "attribute_not_exists(pk)") {
      if (before) return refusal("ConditionalCheckFailedException", "The conditional request failed");
    } else if (ConditionExpression !== undefined) return refusal("ValidationException", ConditionExpression);
    this.items.set(key, Item);
    this.stream.push({ eventName: before ? "MODIFY" : "INSERT", dynamodb: { NewImage: Item } });
    return ok({});
  }

  #update(request: Request) {
    const {
      Key,
      UpdateExpression = "",
      ExpressionAttributeNames = {},
      ExpressionAttributeValues = {},
    } = request;
    if (!/^SET #n\d+ = :v\d+(, #n\d+ = :v\d+)*$/.test(UpdateExpression)) {
      return refusal("ValidationException", UpdateExpression);
    }
    const item = { ...(this.items.get(keyOf(Key)) ?? Key) };
    for (const [, name, value] of UpdateExpression.matchAll(/(#n\d+) = (:v\d+)/g)) {
      item[ExpressionAttributeNames[name]] = ExpressionAttributeValues[value];
    }
    this.items.set(keyOf(Key), item);
    return ok({});
  }

  #query(request: Request) {
    const { KeyConditionExpression: condition = "", ExpressionAttributeValues: values = {} } = request;
    let found = [...this.items.values()].filter((item) => item.pk.S === values[":pk"].S);
    if (request.IndexName === "by-time" && condition === "pk = :pk AND #time >= :since") {
      if (request.ExpressionAttributeNames?.["#time"] !== "time")
        return refusal("ValidationException", "#time");
      const since = Number(values[":since"].N);
      found = found.filter((item) => item.time !== undefined && Number(item.time.N) >= since);
      found.sort((a, b) => Number(a.time.N) - Number(b.time.N));
    } else if (request.IndexName === undefined && condition === "pk = :pk AND begins_with(sk, :prefix)") {
      found = found.filter((item) => item.sk.S!.startsWith(values[":prefix"].S!));
    } else if (request.IndexName !== undefined || condition !== "pk = :pk") {
      return refusal("ValidationException", condition);
    }
    if (request.ScanIndexForward === false) found.reverse();
    return page(found, request);
  }
}

const pageSize = 2;

function page(found: Item[], { ExclusiveStartKey, Limit = pageSize }: Request) {
  const start = ExclusiveStartKey
    ? found.findIndex((item) => keyOf(item) === keyOf(ExclusiveStartKey)) + 1
    : 0;
  const Items = found.slice(start, start + Math.min(Limit, pageSize));
  const isLast = start + Items.length >= found.length;
  const last = Items.at(-1);
  return ok({ Items, ...(last && !isLast && { LastEvaluatedKey: { pk: last.pk, sk: last.sk } }) });
}

function keyOf({ pk, sk }: Item): string {
  return JSON.stringify([pk.S, sk.S]);
}

function ok(body: object) {
  return { status: 200, body };
}

function refusal(type: string, message: string) {
  return { status: 400, body: { __type: `com.amazonaws.dynamodb.v20120810#${type}`, message } };
}
