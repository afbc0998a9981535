import { ActivityError, type ActivityStore } from "./activity-store.ts";
import { openDynamoActivity } from "./dynamo-activity.ts";
import { openSqliteActivity } from "./sqlite-activity.ts";

/**
 * The store that `sqlite:PATH` or `dynamodb:TABLE` names.
 * @throws ActivityError where there is no such kind, or it cannot be opened
 */
export async function openActivity(location: string): Promise<ActivityStore> {
  const [, kind, name] = /^(sqlite|dynamodb):(.+)$/.exec(location) ?? [];
  if (kind === "sqlite") return openSqliteActivity(name);
  if (kind === "dynamodb") return openDynamoActivity(name);
  throw new ActivityError(`"${location}" is no store of activity: sqlite:PATH or dynamodb:TABLE`);
}
