import { CreateTableCommand, DeleteTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { openDynamoActivity } from "../../src/activity/dynamo-activity.ts";
import { describeActivity } from "../../test/activity/activity-suite.ts";

const endpoint = process.env.AISLE_DYNAMODB;
if (!endpoint) throw new Error("AISLE_DYNAMODB must name a server that speaks DynamoDB");
const client = new DynamoDBClient({ endpoint });

/** The table as template.yaml makes it. */
async function createTable(TableName: string): Promise<void> {
  const key = (AttributeName: string, KeyType: "HASH" | "RANGE") => ({ AttributeName, KeyType });
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [
        { AttributeName: "pk", AttributeType: "S" },
        { AttributeName: "sk", AttributeType: "S" },
        { AttributeName: "time", AttributeType: "N" },
      ],
      KeySchema: [key("pk", "HASH"), key("sk", "RANGE")],
      LocalSecondaryIndexes: [
        {
          IndexName: "by-time",
          KeySchema: [key("pk", "HASH"), key("time", "RANGE")],
          Projection: { ProjectionType: "ALL" },
        },
      ],
    }),
  );
}

let count = 0;
describeActivity(`DynamoDB at ${endpoint}`, async (now) => {
  const table = `activity-${process.pid}-${count++}`;
  await createTable(table);
  const here = await openDynamoActivity(table, { endpoint, now });
  const there = await openDynamoActivity(table, { endpoint, now });
  return {
    here,
    there,
    close: async () => {
      here.close();
      there.close();
      await client.send(new DeleteTableCommand({ TableName: table }));
    },
  };
});
