import { CloudFormationClient, CreateStackCommand } from "@aws-sdk/client-cloudformation";

/** A stack with the parameters and outputs of the template, as deployed before a rollout of another model. */
const [functionName, model] = process.argv.slice(2);
const parameters = { Mode: "pinned", BestModel: model, Memory: "1769", Release: "before" };
const outputs = { FunctionName: functionName, AliasName: "live" };
const template = {
  Parameters: Object.fromEntries(Object.keys(parameters).map((name) => [name, { Type: "String" }])),
  Resources: { Nothing: { Type: "AWS::SNS::Topic" } },
  Outputs: Object.fromEntries(Object.entries(outputs).map(([name, Value]) => [name, { Value }])),
};
await new CloudFormationClient({}).send(
  new CreateStackCommand({
    StackName: functionName,
    TemplateBody: JSON.stringify(template),
    Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
      ParameterKey,
      ParameterValue,
    })),
  }),
);
