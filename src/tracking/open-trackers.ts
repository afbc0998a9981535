import { CometTracker } from "./comet.ts";
import { MlflowTracker } from "./mlflow.ts";
import type { Tracker, TrackerName } from "./tracker.ts";

/** What the environment says of the trackers, under the names that their own clients read. */
export interface TrackerEnvironment {
  readonly MLFLOW_TRACKING_URI?: string | undefined;
  readonly MLFLOW_TRACKING_TOKEN?: string | undefined;
  readonly MLFLOW_TRACKING_USERNAME?: string | undefined;
  readonly MLFLOW_TRACKING_PASSWORD?: string | undefined;
  readonly MLFLOW_EXPERIMENT_NAME?: string | undefined;
  readonly COMET_API_KEY?: string | undefined;
  readonly COMET_WORKSPACE?: string | undefined;
  readonly COMET_PROJECT_NAME?: string | undefined;
  readonly COMET_URL_OVERRIDE?: string | undefined;
}

/** Settings that name no tracker that could be reached. */
export class TrackerSettingsError extends Error {
  override name = "TrackerSettingsError";
}

const defaultGroup = "aisle";
const cometAddress = "https://www.comet.com";

/** The trackers that the environment names, and what is wrong with those that it names badly. */
export function openTrackers(environment: TrackerEnvironment): {
  readonly trackers: readonly Tracker[];
  readonly problems: readonly { readonly name: TrackerName; readonly message: string }[];
} {
  const trackers: Tracker[] = [];
  const problems: { name: TrackerName; message: string }[] = [];
  for (const [name, open] of [
    ["mlflow", openMlflow],
    ["comet", openComet],
  ] as const) {
    try {
      const tracker = open(environment);
      if (tracker) trackers.push(tracker);
    } catch (error) {
      if (!(error instanceof TrackerSettingsError)) throw error;
      problems.push({ name, message: error.message });
    }
  }
  return { trackers, problems };
}

function openMlflow(environment: TrackerEnvironment): Tracker | undefined {
  const { MLFLOW_TRACKING_URI: uri, MLFLOW_TRACKING_TOKEN: token, MLFLOW_EXPERIMENT_NAME } = environment;
  if (!uri) return undefined;
  const { base, user, password } = addressOf(uri, "MLFLOW_TRACKING_URI", ["http://127.0.0.1:5000"]);
  const name = environment.MLFLOW_TRACKING_USERNAME || user;
  const word = environment.MLFLOW_TRACKING_PASSWORD || password;
  const basic = name && word ? Buffer.from(`${name}:${word}`).toString("base64") : undefined;
  if (token) checkHeader(token, "MLFLOW_TRACKING_TOKEN");
  const authorization = basic ? `Basic ${basic}` : token && `Bearer ${token}`;
  const secrets = [token, word, basic].filter((each) => each !== undefined);
  const settings = { label: "MLflow", base, authorization: authorization || undefined, secrets };
  return new MlflowTracker(settings, MLFLOW_EXPERIMENT_NAME || defaultGroup);
}

function openComet(environment: TrackerEnvironment): Tracker | undefined {
  const { COMET_API_KEY: key, COMET_URL_OVERRIDE: override, COMET_WORKSPACE: workspace } = environment;
  if (!key) return undefined;
  checkHeader(key, "COMET_API_KEY");
  // Comet's own clients are told the address of its former API, and find this one beside it.
  const { base } = addressOf(override || cometAddress, "COMET_URL_OVERRIDE", [cometAddress]);
  const settings = {
    label: "Comet",
    base: base.replace(/\/clientlib$/, ""),
    authorization: key,
    secrets: [key],
  };
  return new CometTracker(settings, environment.COMET_PROJECT_NAME || defaultGroup, workspace || undefined);
}

/** The text itself is not repeated where it is none: it may hold a password. */
function addressOf(text: string, variable: string, [example]: [string]) {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== "http:" && url?.protocol !== "https:") {
    throw new TrackerSettingsError(
      `${variable} must be an address such as ${example}: runs go there over HTTP only`,
    );
  }
  const base = `${url.origin}${url.pathname}`.replace(/\/+$/, "");
  return { base, user: decoded(url.username), password: decoded(url.password) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** What no header can hold would be named by the error of whoever tries. */
function checkHeader(text: string, variable: string): void {
  if (/^[\x21-\x7e]+$/.test(text)) return;
  throw new TrackerSettingsError(
    `${variable} has characters that no key has: a blank or a line end, perhaps`,
  );
}
