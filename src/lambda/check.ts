import { readConfig } from "../config.ts";
import { splitFunctionName } from "../functions/functions.ts";
import { LambdaFunctions } from "../functions/lambda-functions.ts";
import { log } from "../log.ts";
import { Registry } from "../registry/registry.ts";
import type { CheckReport } from "../rollout/check.ts";
import { CodeDeploy } from "../rollout/deployments.ts";
import { answerHook, checkBeforeTraffic } from "../rollout/hook.ts";
import { openStore } from "../store/open-store.ts";

const deployments = new CodeDeploy();

function start(): (event: unknown) => Promise<CheckReport> {
  const { registry, s3, channel, checkedFunction } = readConfig();
  if (checkedFunction === undefined)
    throw new Error("NEW_VERSION is not set: the function and the version to check");
  const { name, qualifier } = splitFunctionName(checkedFunction);
  return checkBeforeTraffic(
    { functionName: name, version: qualifier, channel },
    {
      ...{ deployments, functions: new LambdaFunctions(), registry: new Registry(openStore(registry, s3)) },
      onReport: (report, fields) =>
        (report.ok ? log.info : log.error)("checked a version", { ...fields, ...report }),
    },
  );
}

/** A start that throws would leave CodeDeploy waiting for an hour: it is told that the check failed. */
function answerUnstarted(error: Error): (event: unknown) => Promise<CheckReport> {
  return async (event) => {
    log.error("start failed", { error });
    return await answerHook(event, { deployments }, async () => {
      throw error;
    });
  };
}

/**
 * The Lambda handler that looks at a version before it gets traffic: CodeDeploy calls it as a hook, a rollout with
 * the version and the model to check.
 */
export const handler = startOrAnswer();

function startOrAnswer(): (event: unknown) => Promise<CheckReport> {
  try {
    return start();
  } catch (error) {
    return answerUnstarted(error as Error);
  }
}
