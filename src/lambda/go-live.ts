import type { Context } from "aws-lambda";
import { readConfig } from "../config.ts";
import { LambdaFunctions } from "../functions/lambda-functions.ts";
import { log } from "../log.ts";
import { Registry } from "../registry/registry.ts";
import { checkerFor } from "../rollout/checker.ts";
import { CodeDeploy } from "../rollout/deployments.ts";
import { systemClock } from "../rollout/ledger.ts";
import type { RolloutPorts } from "../rollout/phases.ts";
import { CloudFormation } from "../rollout/stacks.ts";
import { CloudWatch } from "../rollout/watch.ts";
import { type GoLiveAnswer, goLive, goLiveSchema } from "../scheduled/go-live.ts";
import { openStore } from "../store/open-store.ts";

/** A rollout is laid down so long before Lambda would end it. */
const secondsAtEnd = 45;

const { registry: location, s3, channel } = readConfig();
const registry = new Registry(openStore(location, s3));
const functions = new LambdaFunctions();
const ports: RolloutPorts = {
  ...{ functions, registry, clock: systemClock },
  ...{ watch: new CloudWatch(), stacks: new CloudFormation(), deployments: new CodeDeploy() },
  check: checkerFor({ functions, registry }, {}),
};

/** The Lambda handler of the state machine's last step: a model that the gate lets through becomes live. */
export async function handler(event: unknown, context: Context): Promise<GoLiveAnswer> {
  const order = goLiveSchema.parse(event);
  const milliseconds = Math.max(1000, context.getRemainingTimeInMillis() - secondsAtEnd * 1000);
  const driver = {
    who: "scheduled training",
    signal: AbortSignal.timeout(milliseconds),
    onNote: (note: string) => log.info("rollout", { note }),
  };
  const answer = await goLive(order, channel, ports, driver);
  log.info("going live", { ...answer });
  return answer;
}
