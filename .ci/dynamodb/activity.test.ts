import { DeleteTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { openDynamoActivity } from "../../src/activity/dynamo-activity.ts";
import { describeActivity } from "../../test/activity/activity-suite.ts";
import { createTable } from "./table.ts";

const endpoint = process.env.AISLE_DYNAMODB;
if (!endpoint) throw new Error("AISLE_DYNAMODB must name a server that speaks DynamoDB");
const client = new DynamoDBClient({ endpoint });

let count = 0;
describeActivity(`DynamoDB at ${endpoint}`, async (now) => {
  const table = `activity-${process.pid}-${count++}`;
  await createTable(client, table);
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
