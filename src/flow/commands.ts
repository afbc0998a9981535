import type { ShopConfig, StageConfig } from "../init/shop-config.ts";
import type { FlowOrder, Place } from "./flow.ts";

/** Promotes at once where serving follows the channel; where models are pinned a rollout moves it, last of all. */
export function trainCommand(config: ShopConfig, place: Place, force: string | undefined): string[] {
  const { events, items = [], columns = {}, weights = {}, policy, training = {} } = config;
  return [
    "train",
    ...events.flatMap((path) => ["--events", path]),
    ...items.flatMap((path) => ["--items", path]),
    ...joined("--columns", columns),
    ...joined("--weights", weights),
    ...Object.entries(training).flatMap(([name, value]) =>
      value === true ? [`--${name}`] : [`--${name}`, String(value)],
    ),
    ...(policy === undefined ? [] : ["--policy", policy]),
    ...(force === undefined ? [] : ["--force", force]),
    ...(place.mode === "pinned" ? ["--no-promote"] : []),
    ...registryOf(place),
    "--json",
  ];
}

/**
 * The first deployment makes the bucket in which models are kept, and so has none to pin: it follows the channel,
 * until a later one takes what samconfig.toml says.
 */
export function deployCommand(
  { stack, configEnv, channel }: StageConfig,
  stageName: string,
  isFirst: boolean,
): string[] {
  return [
    ...["deploy", "--config-env", configEnv ?? stageName, "--stack", stack!],
    ...(channel === undefined ? [] : ["--channel", channel]),
    ...(isFirst ? ["--parameter", "Mode=follow"] : []),
    "--yes",
  ];
}

export function rolloutCommand(model: string, place: Place, { config, force }: FlowOrder): string[] {
  const { stack, function: name, steps, wait } = place.stage;
  return [
    ...["rollout", "--model", model, "--stack", stack!],
    ...(name === undefined ? [] : ["--function", name]),
    ...(steps === undefined ? [] : ["--steps", steps.join(",")]),
    ...(wait === undefined ? [] : ["--wait", String(wait)]),
    ...(config.policy === undefined ? [] : ["--policy", config.policy]),
    ...(force === undefined ? [] : ["--force", force]),
    ...registryOf(place),
  ];
}

function registryOf({ registry, channel }: Place): string[] {
  return ["--registry", registry, "--channel", channel];
}

function joined(flag: string, pairs: Readonly<Record<string, string | number | undefined>>): string[] {
  const named = Object.entries(pairs).map(([name, value]) => `${name}=${value}`);
  return named.length === 0 ? [] : [flag, named.join(",")];
}
