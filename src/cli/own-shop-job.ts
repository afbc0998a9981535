import { userInfo } from "node:os";
import type { Command } from "commander";
import type { CatalogItem } from "../catalog/catalog-item.ts";
import type { EventLog } from "../interactions/event-log.ts";
import type { TrainingOrder } from "../pipeline.ts";
import { type ReleaseOrder, releasePopularity } from "../release.ts";
import { fitPopularity } from "../training/fit.ts";
import type { Recipe } from "../training/grid.ts";
import { programVersion } from "../version.ts";
import { withoutErased } from "./event-sources.ts";
import { UsageError } from "./failures.ts";
import { interruptedCode } from "./interruption.ts";
import { type Job, runJob } from "./job-process.ts";
import { LiveProgress } from "./live-progress.ts";
import { named, type OwnShopOrder } from "./own-shop-order.ts";
import { readingOfEvents, readingOfItems, readOwnEvents, readOwnItems } from "./read-own-shop.ts";
import { trainRecorded } from "./recorded-training.ts";
import { addRegistryOptions, openRegistry, type RegistryFlags } from "./registry-options.ts";
import { addTrainingOptions, type TrainingFlags, trainingOrder } from "./training-options.ts";

interface OwnShopFlags extends RegistryFlags, TrainingFlags {
  readonly order: OwnShopOrder;
}

type TrainTask = Extract<OwnShopOrder, { task: "train" }>;

/** What `start` runs for files that were dropped on its page: reading them, and training on them. */
export function define(command: Command): void {
  command.requiredOption("--order <json>", "what to do", (text) => JSON.parse(text) as OwnShopOrder);
  addTrainingOptions(command);
  addRegistryOptions(command);
  command.action((flags: OwnShopFlags) => runJob((job) => carryOut(flags, job)));
}

async function carryOut(flags: OwnShopFlags, job: Job): Promise<void> {
  const { order } = flags;
  if (order.task === "train") return trainOwnShop(order, flags, job);
  endAtOnce(job.signal);
  const file = order.task === "read events" ? "events" : "items";
  const onRows = nowAndThen((rowCount) => job.tell({ kind: "rows", rowCount }));
  const reading = await (file === "events"
    ? readingOfEvents(order.file, onRows)
    : readingOfItems(order.file));
  job.tell({ kind: "reading", file, reading });
}

/** The reader tells of every batch; whoever looks on needs a few a second. */
function nowAndThen(tell: (count: number) => void): (count: number) => void {
  let last = performance.now();
  return (count) => {
    if (performance.now() - last < 250) return;
    last = performance.now();
    tell(count);
  };
}

/** While a file is read nothing is half done: whoever no longer wants it need not wait for its end. */
function endAtOnce(signal: AbortSignal): () => void {
  const end = (): never => process.exit(interruptedCode);
  signal.addEventListener("abort", end);
  return () => signal.removeEventListener("abort", end);
}

/** Popular items of the shop at once, then what the gate says to the model that was trained on it. */
async function trainOwnShop(task: TrainTask, flags: OwnShopFlags, { terminal, signal, tell }: Job) {
  const live = new LiveProgress((progress) => tell({ kind: "progress", progress }));
  live.step("reading the files");
  const goOn = endAtOnce(signal);
  const { events, items } = await readShop(task, flags);
  goOn();
  const weights = { ...flags.weights, ...task.events.weights };
  const order = withPatience(trainingOrder({ ...flags, weights }, signal), events);
  const to: ReleaseOrder = {
    registry: openRegistry(flags),
    channel: flags.channel,
    who: userInfo().username,
    source: [task.events, ...(task.items ? [task.items] : [])].map(({ name }) => name).join(", "),
    program: programVersion,
    items,
    // Nothing of this shop is live that a model could spoil: the first one may be a guess.
    policy: "permissive",
  };
  live.step("counting what is popular");
  const recipe: Recipe = {
    ...order.base,
    confidence: { ...order.base.confidence, weights: weightsOf(order) },
  };
  await releasePopularity(fitPopularity(events, recipe), recipe, to);
  tell({ kind: "published" });
  const { promoted, gate } = await trainRecorded({ events }, order, to, { terminal, live });
  tell({ kind: "published" });
  tell({ kind: "released", promoted, reason: gate.reason, leaderboard: live.leaderboard });
}

/** @throws UsageError where the two files do not belong together, and as the readers do */
async function readShop({ events: eventsFile, items: itemsFile }: TrainTask, flags: RegistryFlags) {
  const read = await readOwnEvents(eventsFile).catch((error: Error) => {
    error.message = named(error.message, eventsFile);
    throw error;
  });
  const events = await withoutErased(read.log, openRegistry(flags));
  if (events.length === 0) throw new UsageError(`${eventsFile.name} holds no events`);
  if (itemsFile === undefined) return { events, items: itemsOf(events) };
  const { items } = await readOwnItems(itemsFile).catch((error: Error) => {
    error.message = named(error.message, itemsFile);
    throw error;
  });
  if (!items.some(({ itemId }) => events.items.row(itemId) >= 0)) {
    throw new UsageError(
      `none of the items in ${itemsFile.name} (${items[0]?.itemId}, …) is among those of ${eventsFile.name} ` +
        `(${events.items.id(0)}, …): are the ids of the same kind? Choose the columns that hold the same ids`,
    );
  }
  return { events, items };
}

/** Without a list of what is sold, everything that anything was done with is. */
function itemsOf({ items }: EventLog): CatalogItem[] {
  return Array.from({ length: items.count }, (_, row) => items.id(row)).map((itemId) => ({
    itemId,
    title: itemId,
    available: true,
    attributes: {},
  }));
}

/** The weights that every recipe of the grid has. */
function weightsOf({ grid, base }: TrainingOrder): Recipe["confidence"]["weights"] {
  return grid.confidence?.[0]?.weights ?? base.confidence.weights;
}

/** Events past which a whole search takes more than the minute that somebody waits at a page. */
const patientEventCount = 1_000_000;
const hastyTrials = 24;

function withPatience(order: TrainingOrder, events: EventLog): TrainingOrder {
  return events.length > patientEventCount && order.trialCount === undefined
    ? { ...order, trialCount: hastyTrials }
    : order;
}
