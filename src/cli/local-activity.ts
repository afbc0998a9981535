import { join } from "node:path";
import { ActivityError, type ActivityStore } from "../activity/activity-store.ts";
import { openActivity } from "../activity/open-activity.ts";
import type { Config } from "../config.ts";

/** Is this registry a place by its URL, such as a bucket, and no folder? */
export function isUrl(registry: string): boolean {
  return /^[a-z][a-z0-9+.-]+:\/\//i.test(registry);
}

/**
 * The store that AISLE_EVENTS names, else a file beside the models of a registry that is a folder. Where nobody asked
 * for a store and this Node has none to offer, the server says so and does without.
 * @throws ActivityError where the store that was asked for cannot be opened
 */
export async function openLocalActivity(
  registry: string,
  { activity }: Pick<Config, "activity">,
): Promise<ActivityStore | undefined> {
  if (activity !== undefined) return openActivity(activity);
  if (isUrl(registry)) return undefined;
  try {
    return await openActivity(`sqlite:${join(registry, "activity.sqlite")}`);
  } catch (error) {
    if (!(error instanceof ActivityError)) throw error;
    process.stderr.write(`! ${error.message}. Events are not taken: POST /events answers 501\n`);
    return undefined;
  }
}
