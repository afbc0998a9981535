import {
  CodeDeployClient,
  type CodeDeployClientConfig,
  ListDeploymentsCommand,
  PutLifecycleEventHookExecutionStatusCommand,
} from "@aws-sdk/client-codedeploy";
import type { DeploymentGroup } from "./stacks.ts";

/** What CodeDeploy tells a hook about the deployment that waits for it. */
export interface HookCall {
  readonly DeploymentId: string;
  readonly LifecycleEventHookExecutionId: string;
}

export interface Deployments {
  /** ids of deployments of a group that have not ended */
  ongoing(group: DeploymentGroup): Promise<string[]>;
  /** tells the deployment that waits for a hook whether to go on */
  report(call: HookCall, succeeded: boolean): Promise<void>;
}

export class CodeDeploy implements Deployments {
  readonly #client: CodeDeployClient;

  constructor(account: CodeDeployClientConfig = {}) {
    this.#client = new CodeDeployClient(account);
  }

  async ongoing({ application, group }: DeploymentGroup): Promise<string[]> {
    const { deployments = [] } = await this.#client.send(
      new ListDeploymentsCommand({
        applicationName: application,
        deploymentGroupName: group,
        includeOnlyStatuses: ["Created", "Queued", "InProgress", "Baking", "Ready"],
      }),
    );
    return deployments;
  }

  async report({ DeploymentId, LifecycleEventHookExecutionId }: HookCall, succeeded: boolean): Promise<void> {
    await this.#client.send(
      new PutLifecycleEventHookExecutionStatusCommand({
        deploymentId: DeploymentId,
        lifecycleEventHookExecutionId: LifecycleEventHookExecutionId,
        status: succeeded ? "Succeeded" : "Failed",
      }),
    );
  }
}
