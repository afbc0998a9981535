import type { Command } from "commander";
import type { ActivityRecords, ActivityStore } from "../activity/activity-store.ts";
import { openActivity } from "../activity/open-activity.ts";
import { readArchive } from "../attribution/archive.ts";
import { type Attribution, attribute } from "../attribution/attribution.ts";
import { readConfig } from "../config.ts";
import type { Interval } from "../math/bootstrap.ts";
import { activityPattern } from "./event-sources.ts";
import { UsageError } from "./failures.ts";
import { gather, moment, oneNumber, wholeFrom } from "./option-values.ts";
import { addJsonOption, print, printJson } from "./registry-options.ts";
import { formatColumns } from "./terminal.ts";

interface AttributionFlags {
  readonly events?: string[];
  readonly window: number;
  readonly from?: number;
  readonly until?: number;
  readonly resamples: number;
  readonly json?: boolean;
}

export function define(command: Command): void {
  command
    .option(
      "--events <place>",
      "where events and exposures are: sqlite:PATH, dynamodb:TABLE, or an archive's folder (repeatable; AISLE_EVENTS)",
      gather,
    )
    .option("--window <hours>", "so long an answer may claim an event that names none", oneNumber, 24)
    .option("--from <date>", "only from this moment on", moment)
    .option("--until <date>", "only up to this moment", moment)
    .option("--resamples <count>", "of the bootstrap over users", wholeFrom(100, 100_000), 1000);
  addJsonOption(command);
  command.action(run);
}

async function run({ events, window, json, ...flags }: AttributionFlags): Promise<void> {
  const configured = readConfig().activity;
  const places = events ?? (configured === undefined ? [] : [configured]);
  if (places.length === 0)
    throw new UsageError("say where events are: --events sqlite:PATH, or AISLE_EVENTS");
  const isStore = (place: string) => activityPattern.test(place);
  const stores: ActivityStore[] = [];
  try {
    for (const place of places.filter(isStore)) stores.push(await openActivity(place));
    const folders = places.filter((place) => !isStore(place));
    const options = { ...flags, windowSeconds: window * 3600, seed: 1 };
    const attribution = await attribute(() => allRecords(stores, folders), options);
    if (json) printJson(attribution);
    else show(attribution);
  } finally {
    for (const store of stores) store.close();
  }
}

async function* allRecords(
  stores: readonly ActivityStore[],
  folders: readonly string[],
): AsyncGenerator<ActivityRecords> {
  for (const store of stores) yield* store.records();
  if (folders.length > 0) yield* readArchive(folders);
}

function show({ answers, outcomes, owed, switched, groups, sources }: Attribution): void {
  print(`${answers} answers, ${outcomes} events of which ${owed} are owed to a row that was shown`);
  if (switched > 0) print(`! ${switched} users saw more than one arm: they count in the first`);
  const heads = ["by", "", "users", "shown", "click-through", "add to cart", "bought"];
  const rows = groups.map((group) => [
    ...[group.by, group.by === "all" ? "" : group.name, String(group.users), String(group.shown)],
    ...[percent(group.clickThrough), percent(group.addToCart), String(group.purchases)],
    ...[amount(group.revenuePerThousand), group.revenuePerUser ? amount(group.revenuePerUser) : ""],
  ]);
  if (rows.length > 0) print(formatColumns([...heads, "revenue per 1000 shown", "revenue per user"], rows));
  if (sources.length === 0) return;
  const counts = sources.map(({ name, click, cart, purchase, revenue }) => [
    ...[name, String(click), String(cart), String(purchase), revenue.toFixed(2)],
  ]);
  print(formatColumns(["attributed by the caller to", "clicks", "carts", "purchases", "revenue"], counts));
}

function percent({ value, low, high }: Interval): string {
  const parts = [value, low, high].map((share) => (100 * share).toFixed(2));
  return Number.isNaN(value) ? "" : `${parts[0]} % [${parts[1]}, ${parts[2]}]`;
}

function amount({ value, low, high }: Interval): string {
  return Number.isNaN(value) ? "" : `${value.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}]`;
}
