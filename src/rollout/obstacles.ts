import type { Alias } from "../functions/functions.ts";
import type { Deployments } from "./deployments.ts";
import { isMoving, type Stacks } from "./stacks.ts";

/** Somebody or something else that moves the same traffic, in a sentence; `undefined` where nothing does. */
export async function findObstacle(
  { stacks, deployments }: { readonly stacks: Stacks; readonly deployments: Deployments },
  stackName: string | undefined,
): Promise<string | undefined> {
  const stack = stackName === undefined ? undefined : await stacks.stack(stackName);
  if (!stack) return undefined;
  if (isMoving(stack)) return `stack ${stack.name} is being changed (${stack.status})`;
  for (const group of await stacks.deploymentGroups(stack.name)) {
    const [id] = await deployments.ongoing(group);
    if (id !== undefined) return `CodeDeploy shifts traffic of stack ${stack.name} (deployment ${id})`;
  }
  return undefined;
}

/** Traffic that is split already is being shifted by somebody, or was left so. */
export function splitTraffic({ version, weights }: Alias): string | undefined {
  const others = Object.entries(weights);
  if (others.length === 0) return undefined;
  const shares = others.map(
    ([other, share]) => `${Math.round(share * 100)} % of the traffic to version ${other}`,
  );
  return `it sends ${shares.join(" and ")} beside version ${version}`;
}
