import type { Readable } from "node:stream";
import { userInfo } from "node:os";
import type { TrainingProgress } from "../http/host.ts";
import { Problem } from "../http/problem.ts";
import type { OwnShop } from "../local/own-shop.ts";
import type {
  FileKind,
  LiveShop,
  OwnFile,
  OwnShopOutcome,
  OwnShopState,
  ReadingSettings,
} from "../local/own-shop-state.ts";
import { type Upload, Uploads } from "../local/uploads.ts";
import type { Registry } from "../registry/registry.ts";
import { ChildJob, type JobMessage } from "./child-job.ts";
import { lastDemo } from "./live-shop.ts";
import { type FileOrder, orderArgs, type OwnShopOrder } from "./own-shop-order.ts";

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

interface Kept {
  readonly name: string;
  readonly upload?: Upload | undefined;
  readonly received: number;
  readonly settings: ReadingSettings;
  readonly reading?: OwnFile["reading"];
  readonly job?: ChildJob | undefined;
}

/** State the limits where they are: what one waits for at a page is not what a night's job reads. */
const bytesMax = { events: 1024 * 2 ** 20, items: 256 * 2 ** 20 } as const;

/** A shop from dropped files: each is read in a process of its own, and both are trained on in another. */
export class DroppedShop implements OwnShop {
  readonly #stage: Stage;
  readonly #uploads: Uploads;
  readonly #files = new Map<FileKind, Kept>();
  #training: ChildJob | undefined;
  #isStarting = false;
  #outcome: OwnShopOutcome | undefined;

  constructor(stage: Stage, place: string) {
    this.#stage = stage;
    this.#uploads = new Uploads(place);
  }

  /** Clears away what an earlier process left. */
  open(): Promise<void> {
    return this.#uploads.sweep();
  }

  state(): OwnShopState {
    const files = [...this.#files].map(([kind, file]) => [kind, shown(file)]);
    return {
      bytesMax,
      files: Object.fromEntries(files),
      training: this.#stage.training(),
      isOwnTraining: this.#isBusy,
      outcome: this.#outcome,
      live: this.#stage.live(),
    };
  }

  async receive(kind: FileKind, name: string, body: Readable): Promise<void> {
    this.#requireIdle();
    const before = this.#files.get(kind);
    await before?.job?.stop();
    const arriving = { name, received: 0, settings: {} };
    let latest: Kept = arriving;
    this.#files.set(kind, arriving);
    const isLatest = () => this.#files.get(kind) === latest;
    const onBytes = (received: number) => {
      if (!isLatest()) return;
      latest = { ...arriving, received };
      this.#files.set(kind, latest);
    };
    try {
      const upload = await this.#uploads.receive(body, { name, bytesMax: bytesMax[kind], onBytes });
      // Another file may have been dropped in its place, or this one been forgotten, while it arrived.
      if (!isLatest()) return await this.#uploads.remove(upload);
      if (before?.upload) await this.#uploads.remove(before.upload);
      this.#files.set(kind, { ...latest, upload });
      this.#read(kind);
    } catch (error) {
      if (isLatest()) this.#restore(kind, before);
      throw error;
    }
  }

  async forget(kind: FileKind): Promise<void> {
    this.#requireIdle();
    const file = this.#files.get(kind);
    this.#files.delete(kind);
    await file?.job?.stop();
    if (file?.upload) await this.#uploads.remove(file.upload);
  }

  async readAgain(kind: FileKind, settings: ReadingSettings): Promise<void> {
    this.#requireIdle();
    const file = this.#files.get(kind);
    if (!file?.upload) throw conflict(`There is no file of ${kind} to read: drop one first.`);
    const { reading: _, job, ...kept } = file;
    this.#files.set(kind, { ...kept, settings });
    await job?.stop();
    this.#read(kind);
  }

  async train(): Promise<void> {
    this.#requireIdle();
    const events = this.#readyFile("events");
    if (events === undefined) throw conflict("Drop a file of events first: it is what a model learns from.");
    const items = this.#readyFile("items");
    this.#isStarting = true;
    this.#outcome = undefined;
    try {
      this.#stage.show({ step: "starting" });
      await this.#stage.pauseDemo();
      this.#begin({ task: "train", events, items });
    } finally {
      this.#isStarting = false;
    }
  }

  async cancel(): Promise<void> {
    await this.#training?.stop();
  }

  async returnToDemo(): Promise<void> {
    this.#requireIdle();
    const { registry, channel } = this.#stage;
    const demo = await lastDemo(registry, channel);
    if (demo === undefined) throw conflict("There is no demo shop in this registry to go back to.");
    const change = { who: userInfo().username, why: "back to the demo shop" };
    await registry.promote(channel, demo, change, (await registry.channel(channel))?.etag);
    this.#outcome = undefined;
    await this.#stage.refresh();
    this.#stage.resumeDemo();
  }

  /** Nothing runs and nothing is left once this resolves. */
  async close(): Promise<void> {
    const jobs = [this.#training, ...[...this.#files.values()].map(({ job }) => job)];
    await Promise.all(jobs.map((job) => job?.stop()));
    await this.#uploads.close();
  }

  get #isBusy(): boolean {
    return this.#training !== undefined || this.#isStarting;
  }

  #requireIdle(): void {
    if (this.#isBusy) throw conflict("Your shop is being trained: wait until it has ended, or stop it.");
  }

  #readyFile(kind: FileKind): FileOrder | undefined {
    const file = this.#files.get(kind);
    if (file === undefined) return undefined;
    if (!file.upload || !file.reading) throw conflict(`${file.name} is still being read.`);
    if (file.reading.problem) throw conflict(`${file.name} cannot be used yet: ${file.reading.problem.message}`);
    return orderOf(file.upload, file);
  }

  #restore(kind: FileKind, before: Kept | undefined): void {
    if (before === undefined) this.#files.delete(kind);
    else this.#files.set(kind, { ...before, job: undefined });
    if (before?.upload && !before.reading) this.#read(kind);
  }

  #read(kind: FileKind): void {
    const file = this.#files.get(kind)!;
    const order: OwnShopOrder = {
      task: kind === "events" ? "read events" : "read items",
      file: orderOf(file.upload!, file),
    };
    const update = (reading: OwnFile["reading"]) => {
      const current = this.#files.get(kind);
      if (current?.job === job) this.#files.set(kind, { ...current, reading });
    };
    const job = new ChildJob([...orderArgs(order), ...this.#stage.flags], (message) => {
      if (message.kind === "reading") update(message.reading);
    });
    this.#files.set(kind, { ...file, job });
    void job.ended.then(({ kind: end, reason }) => {
      if (end === "failed") update({ columns: [], understood: {}, problem: { about: "file", message: reason } });
    });
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

function shown({ name, upload, received, settings, reading }: Kept): OwnFile {
  const phase = upload === undefined ? "arriving" : reading === undefined ? "being read" : "read";
  return { name, bytes: upload?.bytes ?? received, phase, reading, settings };
}

function orderOf({ path, name }: Upload, { settings }: Kept): FileOrder {
  return { ...settings, path, name };
}

function conflict(detail: string): Problem {
  return new Problem({ name: "not-now", status: 409, title: "Not now", detail });
}
