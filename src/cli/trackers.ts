import { type Command, InvalidArgumentError } from "commander";
import { trackerEnvironment } from "../config.ts";
import type { TrainingOrder } from "../pipeline.ts";
import { UnknownVersionError } from "../registry/documents.ts";
import type { Manifest } from "../registry/manifest.ts";
import type { Registry } from "../registry/registry.ts";
import { openTrackers } from "../tracking/open-trackers.ts";
import { Outbox, type Unsent } from "../tracking/outbox.ts";
import type { DescribeModel } from "../tracking/push.ts";
import type { RunResult } from "../tracking/record.ts";
import type { Attachment } from "../tracking/tracker.ts";
import { quoted } from "./terminal.ts";

export interface ModelFlags {
  readonly modelName?: string;
  readonly withModel?: boolean;
}

export function addModelOptions(command: Command): void {
  command
    .option(
      "--model-name <name>",
      "what MLflow and Comet register the model as (default: aisle-CHANNEL)",
      modelName,
    )
    .option(
      "--with-model",
      "send them the model file too: it holds users' ids and what they did, beyond the reach of erasures",
    );
}

/** MLflow allows no / and : in it, and its filters no quotes. */
function modelName(text: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,199}$/.test(text)) return text;
  throw new InvalidArgumentError("at most 200 letters, digits, blanks, dots, _ and -");
}

/** What trackers are told of a model: its card, which names no user; the file itself only where it was asked for. */
export function describeModels(registry: Registry, { modelName, withModel }: ModelFlags): DescribeModel {
  return async (result) => {
    const manifest = await registry.manifest(result.model).catch(ifUnknown);
    if (!manifest) return undefined;
    const channel = result.gate?.channel;
    const live = channel === undefined ? undefined : (await registry.channel(channel))?.model;
    const location = registry.store.describe(`models/${manifest.version}`);
    const card = { path: "model/card.json", bytes: toBytes(cardOf(manifest, location)) };
    return {
      name: modelName ?? `aisle-${channel ?? "models"}`,
      version: manifest.version,
      location,
      description: describe(manifest, result, location),
      isLive: live === manifest.version,
      files: async () => (withModel ? [card, await modelFile(registry, manifest)] : [card]),
    };
  };
}

type OpenJournal = NonNullable<TrainingOrder["journal"]>;

/** Sends a run beside its training to every tracker that the environment names. */
export class TrackerFeed {
  readonly #run: string;
  readonly #outboxes: readonly Outbox[];
  readonly #registry: string;
  readonly #say: (line: string) => void;

  constructor(
    run: string,
    registry: Registry,
    flags: ModelFlags & { readonly registry: string; say(line: string): void },
  ) {
    const { trackers, problems } = openTrackers(trackerEnvironment());
    for (const { message } of problems) flags.say(`! this run goes to no such tracker: ${message}`);
    const describeModel = describeModels(registry, flags);
    const { store } = registry;
    this.#run = run;
    this.#registry = flags.registry;
    this.#say = flags.say;
    this.#outboxes = trackers.map((tracker) => new Outbox(run, { store, tracker, describeModel }));
  }

  /** The journal, after each of whose entries what is new in the registry is sent. */
  following(open: OpenJournal): OpenJournal {
    return async (plan) => {
      const journal = await open(plan);
      this.#nudge();
      return {
        find: (order, isCheap) => journal.find(order, isCheap),
        keep: async (outcome, isCheap) => {
          await journal.keep(outcome, isCheap);
          if (!isCheap) this.#nudge();
        },
      };
    };
  }

  #nudge(): void {
    for (const outbox of this.#outboxes) outbox.nudge();
  }

  /** Sends the rest in bounded time, and says what did not arrive and how it is sent later. */
  async close(): Promise<void> {
    await Promise.all(
      this.#outboxes.map(async (outbox) => {
        const unsent = await outbox.close();
        if (unsent) this.#say(this.#describe(unsent));
        else if (outbox.hasAnswered)
          this.#say(`✓ ${outbox.tracker.name} has run ${this.#run}: ${outbox.tracker.location}`);
      }),
    );
  }

  #describe({ tracker, what, reason }: Unsent): string {
    const command = [
      "aisle runs push",
      this.#run,
      "--to",
      tracker.name,
      "--registry",
      quoted(this.#registry),
    ];
    return [
      `! ${tracker.name} has not got ${countOf(what)} of run ${this.#run}: ${reason}`,
      `  send it later with: ${command.join(" ")}`,
    ].join("\n");
  }
}

/** `3 of its trials and the result`, briefly. */
export function countOf(unsent: readonly string[]): string {
  return unsent.length <= 3
    ? unsent.join(", ")
    : `${unsent.length} records (${unsent.slice(0, 2).join(", ")}, …)`;
}

/** Old versions are removed, and their runs stay. */
function ifUnknown(error: unknown): undefined {
  if (!(error instanceof UnknownVersionError)) throw error;
}

function cardOf({ golden: _, model: { chunks: __, ...model }, ...manifest }: Manifest, location: string) {
  return { ...manifest, model, location };
}

function describe({ rank, userCount, itemCount }: Manifest, { gate }: RunResult, location: string): string {
  const size = `${rank} factors, ${userCount} users, ${itemCount} items`;
  return `${size}. Kept in ${location}.${gate ? ` Gate of ${gate.channel}: ${gate.decision}, ${gate.reason}` : ""}`;
}

async function modelFile(registry: Registry, manifest: Manifest): Promise<Attachment> {
  const bytes = await registry.readModel(manifest, (byteLength) => {
    const target = new Uint8Array(byteLength);
    return { target, result: target };
  });
  return { path: "model/model.safetensors", bytes };
}

function toBytes(value: unknown): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${JSON.stringify(value, undefined, 2)}\n`);
}
