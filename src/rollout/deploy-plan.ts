import { createHash } from "node:crypto";

/** One deployment as it was asked for, beside what is deployed now. */
export interface DeployQuestion {
  /** of the stack as it is; `undefined` before the first deployment, or where it cannot be seen */
  readonly deployed?: Readonly<Record<string, string>> | undefined;
  /** by samconfig and by hand, the later over the earlier */
  readonly asked: Readonly<Record<string, string>>;
  /** what the environment of the version says that the alias serves; `undefined` where there is none */
  readonly served?: Readonly<Record<string, string>> | undefined;
  /** what the channel names */
  readonly promoted?: string | undefined;
  /** `sha256:…` of the image; `undefined` before it is made */
  readonly image?: string | undefined;
}

export interface ParameterChange {
  readonly name: string;
  /** `undefined`: the template's default, or nothing */
  readonly from?: string | undefined;
  readonly to: string;
}

export interface DeployPlan {
  /** every parameter that is passed */
  readonly parameters: Readonly<Record<string, string>>;
  readonly changes: readonly ParameterChange[];
  readonly mode: "follow" | "pinned";
  /** the model that is served afterwards by a pinned function */
  readonly model?: string | undefined;
  /** where that model was found, for a person */
  readonly modelFrom: string;
}

/** A deployment that would not do what was meant. */
export class DeployError extends Error {
  override name = "DeployError";
}

/** What stands for a release whose image is not made yet. */
export const releaseUnknown = "(known when the image is made)";

/**
 * The parameters of a deployment. A model is never moved by it: a pinned function keeps the one that its alias
 * serves, and only the first deployment, or one from `follow`, takes the channel's.
 * @throws DeployError where a pinned function would have no model, or another one than is served is asked for
 */
export function planDeploy({ deployed, asked, served, promoted, image }: DeployQuestion): DeployPlan {
  const mode = (asked.Mode ?? deployed?.Mode ?? "follow") === "pinned" ? "pinned" : "follow";
  const isPinned = served?.AISLE_MODE === "pinned";
  const model = (isPinned ? served.BEST_MODEL : promoted) || undefined;
  const modelFrom = isPinned ? "the version that the alias serves" : "the channel";
  if (
    asked.BestModel !== undefined &&
    asked.BestModel !== "" &&
    asked.BestModel !== model &&
    mode === "pinned"
  ) {
    throw new DeployError(
      `BestModel=${asked.BestModel} is asked for where ${modelFrom} has ${model ?? "none"}: models go live by ` +
        `"aisle rollout --model ${asked.BestModel}", which watches them`,
    );
  }
  if (mode === "pinned" && model === undefined) {
    throw new DeployError(
      "Mode=pinned needs a model, and the channel names none: train and promote one first",
    );
  }
  const wanted: Record<string, string> = { ...asked };
  // A function that follows its channel reads no BestModel: it would only make each deployment differ.
  if (mode === "pinned") wanted.BestModel = model!;
  else delete wanted.BestModel;
  delete wanted.Release;
  wanted.Release = image === undefined ? releaseUnknown : releaseOf(image, { ...deployed, ...wanted });
  const changes = Object.entries(wanted)
    .filter(([name, to]) => deployed?.[name] !== to)
    .map(([name, to]) => ({ name, from: deployed?.[name], to }));
  return { parameters: wanted, changes, mode, modelFrom, ...(mode === "pinned" && { model }) };
}

/**
 * What names a version: SAM publishes one only when this changes. The image and the model decide, and so does every
 * other parameter, since a version also freezes memory and environment.
 */
export function releaseOf(image: string, parameters: Readonly<Record<string, string>>): string {
  const { Release: _, BestModel = "", ...others } = parameters;
  const settled = Object.entries(others).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256")
    .update(JSON.stringify([image, BestModel, settled]))
    .digest("hex");
}

/** `Key=Value` as `sam deploy --parameter-overrides` takes it; a value may hold spaces and quotes. */
export function parameterOverride(name: string, value: string): string {
  return `${name}=${/^[\w@%+:,./*-]+$/.test(value) ? value : JSON.stringify(value)}`;
}
