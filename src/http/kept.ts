import { ActivityError } from "../activity/activity-store.ts";
import { log } from "../log.ts";
import { ItemChangeError } from "../serving/recall.ts";
import { invalidParameters, Problem } from "./problem.ts";

/** What could not be written is a 503 that asks to come again: an event's id makes that harmless. */
export async function kept<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (error instanceof ItemChangeError) {
      throw invalidParameters(
        error.faults.map(({ index, detail }) => ({
          parameter: "items",
          in: "body" as const,
          detail: `entry ${index + 1}: ${detail}`,
        })),
      );
    }
    if (!(error instanceof ActivityError)) throw error;
    log.error("activity not kept", { error });
    throw new Problem({
      name: "not-kept",
      status: 503,
      title: "Not kept",
      detail: "The store could not be written or read: send the same request again.",
      headers: { "retry-after": "1" },
    });
  }
}
