import {
  CreateTableCommand,
  type CreateTableCommandInput,
  type DynamoDBClient,
} from "@aws-sdk/client-dynamodb";
import { template } from "../../test/template/read-template.ts";

/** Makes a table with the keys, the index and the stream that the template gives it. */
export async function createTable(client: DynamoDBClient, name: string): Promise<void> {
  const { BillingMode, AttributeDefinitions, KeySchema, LocalSecondaryIndexes, StreamSpecification } =
    template.Resources.ActivityTable.Properties as unknown as CreateTableCommandInput;
  await client.send(
    new CreateTableCommand({
      TableName: name,
      ...{ BillingMode, AttributeDefinitions, KeySchema, LocalSecondaryIndexes },
      // CloudFormation needs no more than the kind of view.
      StreamSpecification: { ...StreamSpecification, StreamEnabled: true },
    }),
  );
}
