import {
  CloudFormationClient,
  type CloudFormationClientConfig,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
} from "@aws-sdk/client-cloudformation";

/** A deployed stack as far as rollouts and deploys look at it. */
export interface Stack {
  readonly name: string;
  /** such as UPDATE_IN_PROGRESS */
  readonly status: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
}

export interface DeploymentGroup {
  readonly application: string;
  readonly group: string;
}

export interface Stacks {
  /** `undefined` where there is no such stack */
  stack(name: string): Promise<Stack | undefined>;
  /** where CodeDeploy shifts the traffic of a stack's functions */
  deploymentGroups(name: string): Promise<DeploymentGroup[]>;
}

export class CloudFormation implements Stacks {
  readonly #client: CloudFormationClient;

  constructor(account: CloudFormationClientConfig = {}) {
    this.#client = new CloudFormationClient(account);
  }

  async stack(name: string): Promise<Stack | undefined> {
    const found = await this.#client.send(new DescribeStacksCommand({ StackName: name })).catch((error) => {
      // CloudFormation has no error of its own for this.
      if (error.name === "ValidationError" && /does not exist/.test(error.message)) return undefined;
      throw error;
    });
    const [stack] = found?.Stacks ?? [];
    if (!stack || stack.StackStatus === "DELETE_COMPLETE") return undefined;
    const { StackName = name, StackStatus = "", Parameters = [], Outputs = [] } = stack;
    return {
      name: StackName,
      status: StackStatus,
      parameters: Object.fromEntries(
        Parameters.map(({ ParameterKey = "", ParameterValue = "" }) => [ParameterKey, ParameterValue]),
      ),
      outputs: Object.fromEntries(
        Outputs.map(({ OutputKey = "", OutputValue = "" }) => [OutputKey, OutputValue]),
      ),
    };
  }

  async deploymentGroups(name: string): Promise<DeploymentGroup[]> {
    const { StackResources = [] } = await this.#client.send(
      new DescribeStackResourcesCommand({ StackName: name }),
    );
    const named = (type: string): string[] =>
      StackResources.filter(({ ResourceType }) => ResourceType === type).flatMap(
        ({ PhysicalResourceId }) => PhysicalResourceId ?? [],
      );
    // SAM makes one application for all functions of a stack.
    return named("AWS::CodeDeploy::Application").flatMap((application) =>
      named("AWS::CodeDeploy::DeploymentGroup").map((group) => ({ application, group })),
    );
  }
}

/** A stack on its way to another state; one that failed on the way may well stand. */
export function isMoving({ status }: Stack): boolean {
  return status.endsWith("_IN_PROGRESS") && status !== "REVIEW_IN_PROGRESS";
}
