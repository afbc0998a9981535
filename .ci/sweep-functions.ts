import { CreateFunctionCommand, LambdaClient, waitUntilFunctionActiveV2 } from "@aws-sdk/client-lambda";

/** node .ci/sweep-functions.ts IMAGE REGISTRY NAME…: moto knows the functions that the router runs. */
const [image, registry, ...names] = process.argv.slice(2);
const client = new LambdaClient({});
for (const FunctionName of names) {
  await client.send(
    new CreateFunctionCommand({
      ...{ FunctionName, PackageType: "Image", Code: { ImageUri: image }, MemorySize: 3008, Timeout: 900 },
      Role: `arn:aws:iam::123456789012:role/${names[0]}`,
      Environment: { Variables: { AISLE_REGISTRY: registry } },
    }),
  );
  await waitUntilFunctionActiveV2({ client, maxWaitTime: 30 }, { FunctionName });
}
