// The way from the table to the archive, as far as it runs without AWS:
//   node .ci/dynamodb/archive.ts table NAME            a table as the template makes it
//   node .ci/dynamodb/archive.ts file NAME FOLDER      its stream's records, filtered as the pipe does, handed to the
//                                                      function's bundle and filed as Firehose does; prints the kinds
import { mkdir, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { StreamRecord } from "../../src/activity/stream-lines.ts";
import { template } from "../../test/template/read-template.ts";
import { createTable } from "./table.ts";

const endpoint = process.env.AISLE_DYNAMODB;
if (!endpoint) throw new Error("AISLE_DYNAMODB must name a server that speaks DynamoDB");
const [mode, table, folder] = process.argv.slice(2);
const batchSize = 100;

interface Keyed extends StreamRecord {
  readonly dynamodb: { readonly Keys: { readonly sk: { readonly S: string } } };
}

/** One request to the stream's own service, whose client is needed nowhere else; nobody here checks signatures. */
async function askStream<T>(operation: string, body: object): Promise<T> {
  const response = await fetch(endpoint as string, {
    method: "POST",
    body: JSON.stringify(body),
    headers: {
      "X-Amz-Target": `DynamoDBStreams_20120810.${operation}`,
      "Content-Type": "application/x-amz-json-1.0",
      Authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/${process.env.AWS_REGION}/dynamodb/aws4_request, SignedHeaders=host, Signature=0`,
    },
  });
  if (!response.ok) throw new Error(`${operation}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

async function readStream(): Promise<Keyed[]> {
  const { Streams } = await askStream<{ Streams: { StreamArn: string }[] }>("ListStreams", {
    TableName: table,
  });
  const { StreamArn } = Streams[0];
  const { StreamDescription } = await askStream<{ StreamDescription: { Shards: { ShardId: string }[] } }>(
    "DescribeStream",
    { StreamArn },
  );
  const records: Keyed[] = [];
  for (const { ShardId } of StreamDescription.Shards) {
    const from = { StreamArn, ShardId, ShardIteratorType: "TRIM_HORIZON" };
    let { ShardIterator } = await askStream<{ ShardIterator?: string }>("GetShardIterator", from);
    while (ShardIterator !== undefined) {
      const page = await askStream<{ Records: Keyed[]; NextShardIterator?: string }>("GetRecords", {
        ShardIterator,
      });
      records.push(...page.Records);
      ShardIterator = page.Records.length > 0 ? page.NextShardIterator : undefined;
    }
  }
  return records;
}

/** The pipe's pattern, as far as it goes: names of events, and beginnings of sort keys. */
function passes({ eventName = "", dynamodb }: Keyed): boolean {
  const { FilterCriteria } = template.Resources.ArchivePipe.Properties.SourceParameters as {
    FilterCriteria: { Filters: { Pattern: string }[] };
  };
  return FilterCriteria.Filters.some(({ Pattern }) => {
    const pattern = JSON.parse(Pattern) as {
      eventName: string[];
      dynamodb: { Keys: { sk: { S: { prefix: string }[] } } };
    };
    const sortKey = dynamodb.Keys.sk.S;
    return (
      pattern.eventName.includes(eventName) &&
      pattern.dynamodb.Keys.sk.S.some(({ prefix }) => sortKey.startsWith(prefix))
    );
  });
}

async function file(): Promise<void> {
  const bundle = new URL("../../dist/lambda/stream-lines.mjs", import.meta.url).href;
  const { handler } = (await import(bundle)) as { handler: (records: unknown) => Promise<object[]> };
  const stream = await readStream();
  const records = stream.filter(passes);
  const lines: string[] = [];
  for (let from = 0; from < records.length; from += batchSize) {
    const made = await handler(JSON.parse(JSON.stringify(records.slice(from, from + batchSize))));
    lines.push(...made.map((one) => JSON.stringify(one)));
  }
  const day = `${folder}/events/day=${new Date().toISOString().slice(0, 10)}`;
  await mkdir(day, { recursive: true });
  await writeFile(`${day}/archive-1.jsonl.gz`, gzipSync(lines.map((line) => `${line}\n`).join("")));
  const kinds: Record<string, number> = { streamed: stream.length, passed: records.length };
  for (const line of lines) {
    const { aisle_record: kind } = JSON.parse(line) as { aisle_record: string };
    kinds[kind] = (kinds[kind] ?? 0) + 1;
  }
  console.log(JSON.stringify(kinds));
}

if (mode === "table") await createTable(new DynamoDBClient({ endpoint }), table);
else await file();
