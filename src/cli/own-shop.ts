import { userInfo } from "node:os";
import type { Readable } from "node:stream";
import type { TrainingProgress } from "../http/training-progress.ts";
import type { OwnShop } from "../local/own-shop.ts";
import type {
  FileKind,
  LiveShop,
  OwnShopOutcome,
  OwnShopState,
  ReadingSettings,
} from "../local/own-shop-state.ts";
import type { Registry } from "../registry/registry.ts";
import { ChildJob, type JobMessage } from "./child-job.ts";
import { bytesMax, DroppedFiles, notNow } from "./dropped-files.ts";
import { lastDemo } from "./live-shop.ts";
import { type OwnShopOrder, orderArgs } from "./own-shop-order.ts";

/** What the server shares with the shops that are trained under its eyes. */
export interface Stage {
  readonly registry: Registry;
  readonly channel: string;
  /** flags that name both for a child process */
  readonly flags: readonly string[];
  live(): LiveShop | undefined;
  training(): TrainingProgress | undefined;
  /** what a page shows of training that is under way; nothing once it has ended */
  show(progress: TrainingProgress | undefined): void;
  /** looks for what has gone live; resolves once it serves */
  refresh(): Promise<void>;
  /** ends the demo's own training, if it is under way, and begins it again where the demo still lacks a model */
  pauseDemo(): Promise<void>;
  resumeDemo(): void;
}

/** A shop from dropped files: each is read in a process of its own, and both are trained on in another. */
export class DroppedShop implements OwnShop {
  readonly #stage: Stage;
  readonly #files: DroppedFiles;
  #training: ChildJob | undefined;
  #starting: Promise<void> | undefined;
  #outcome: OwnShopOutcome | undefined;

  constructor(stage: Stage, place: string) {
    this.#stage = stage;
    this.#files = new DroppedFiles(place, stage.flags);
  }

  /** Clears away what an earlier process left. */
  open(): Promise<void> {
    return this.#files.open();
  }

  state(): OwnShopState {
    return {
      bytesMax,
      files: this.#files.shown(),
      training: this.#stage.training(),
      isOwnTraining: this.#isBusy,
      outcome: this.#outcome,
      live: this.#stage.live(),
    };
  }

  async receive(kind: FileKind, name: string, body: Readable): Promise<void> {
    this.#requireIdle();
    await this.#files.receive(kind, name, body);
  }

  async forget(kind: FileKind): Promise<void> {
    this.#requireIdle();
    await this.#files.forget(kind);
  }

  async readAgain(kind: FileKind, settings: ReadingSettings): Promise<void> {
    this.#requireIdle();
    await this.#files.readAgain(kind, settings);
  }

  async train(): Promise<void> {
    this.#requireIdle();
    const events = this.#files.ready("events");
    if (events === undefined) throw notNow("Drop a file of events first: it is what a model learns from.");
    const items = this.#files.ready("items");
    this.#outcome = undefined;
    this.#stage.show({ step: "starting" });
    const start = async () => {
      await this.#stage.pauseDemo();
      this.#begin({ task: "train", events, items });
    };
    this.#starting = start().finally(() => {
      this.#starting = undefined;
    });
    await this.#starting;
  }

  async cancel(): Promise<void> {
    await this.#starting;
    await this.#training?.stop();
  }

  async returnToDemo(): Promise<void> {
    this.#requireIdle();
    const { registry, channel } = this.#stage;
    const demo = await lastDemo(registry, channel);
    if (demo === undefined) throw notNow("There is no demo shop in this registry to go back to.");
    const change = { who: userInfo().username, why: "back to the demo shop" };
    await registry.promote(channel, demo, change, (await registry.channel(channel))?.etag);
    this.#outcome = undefined;
    await this.#stage.refresh();
    this.#stage.resumeDemo();
  }

  /** Nothing runs and nothing is left once this resolves. */
  async close(): Promise<void> {
    await this.cancel();
    await this.#files.close();
  }

  get #isBusy(): boolean {
    return this.#training !== undefined || this.#starting !== undefined;
  }

  #requireIdle(): void {
    if (this.#isBusy) throw notNow("Your shop is being trained: wait until it has ended, or stop it.");
  }

  #begin(order: OwnShopOrder): void {
    const begun = performance.now();
    let verdict: OwnShopOutcome | undefined;
    const hear = async (message: JobMessage) => {
      if (message.kind === "progress") this.#stage.show(message.progress);
      if (message.kind === "published") await this.#stage.refresh();
      if (message.kind === "released") {
        const { promoted, reason, leaderboard } = message;
        verdict = { kind: promoted ? "promoted" : "held", reason, leaderboard };
      }
    };
    // One after another: an outcome is not told before what it is about is served.
    let heard = Promise.resolve();
    const job = new ChildJob([...orderArgs(order), ...this.#stage.flags], (message) => {
      heard = heard.then(() => hear(message));
    });
    this.#training = job;
    void job.ended.then(async ({ kind, reason }) => {
      await heard;
      this.#training = undefined;
      const seconds = (performance.now() - begun) / 1000;
      const failed: OwnShopOutcome = { kind: kind === "stopped" ? "stopped" : "failed", reason };
      this.#outcome = { ...(kind === "done" && verdict ? verdict : failed), seconds };
      this.#stage.show(undefined);
      this.#stage.resumeDemo();
    });
  }
}
