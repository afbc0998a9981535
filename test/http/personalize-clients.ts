import { PersonalizeEventsClient } from "@aws-sdk/client-personalize-events";
import { PersonalizeRuntimeClient } from "@aws-sdk/client-personalize-runtime";
import { parseRules } from "../../src/registry/rules.ts";
import { Serving } from "../../src/serving/serving.ts";
import { type Stored, storedServing } from "../serving/stored-serving.ts";

export interface ClientOptions {
  readonly endpoint: string;
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
  /** how wrong the client's clock is */
  readonly systemClockOffset?: number;
  readonly maxAttempts?: number;
}

function settings({ endpoint, accessKeyId = "any", secretAccessKey = "thing", ...rest }: ClientOptions) {
  return {
    region: "eu-west-1",
    maxAttempts: 1,
    endpoint,
    credentials: { accessKeyId, secretAccessKey },
    ...rest,
  };
}

/** Amazon's own clients, with nothing changed but endpoint and credentials. */
export const runtimeClient = (options: ClientOptions) => new PersonalizeRuntimeClient(settings(options));
export const eventsClient = (options: ClientOptions) => new PersonalizeEventsClient(settings(options));

const arn = (kind: string, name: string) => `arn:aws:personalize:eu-west-1:123456789012:${kind}/${name}`;
export const campaign = (name: string) => arn("campaign", name);
export const filterArn = (name: string) => arn("filter", name);

/** The small shop with a store of activity and named filters. */
export async function filteredServing(): Promise<Stored> {
  const stored = await storedServing();
  const rules = parseRules(
    {
      filters: {
        "by-category": "INCLUDE ItemID WHERE Items.CATEGORY IN ($CATEGORIES)",
        cheap: "INCLUDE ItemID WHERE Items.PRICE <= $PRICE",
        "not-bought": 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("purchase")',
      },
    },
    "a test",
  );
  Object.assign(stored.source, { loadRules: async () => rules });
  stored.source.state = { ...stored.source.state!, etag: "2", rules: "r1" };
  const { source, activity } = stored;
  return { ...stored, serving: await Serving.start({ source, activity }) };
}
