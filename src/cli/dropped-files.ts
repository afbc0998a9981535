import type { Readable } from "node:stream";
import { Problem } from "../http/problem.ts";
import type { FileKind, OwnFile, ReadingSettings } from "../local/own-shop-state.ts";
import { type Upload, Uploads } from "../local/uploads.ts";
import { ChildJob } from "./child-job.ts";
import { type FileOrder, type OwnShopOrder, orderArgs } from "./own-shop-order.ts";

/** State the limits where they are: what one waits for at a page is not what a night's job reads. */
export const bytesMax = { events: 1e9, items: 250e6 } as const;

interface Kept {
  readonly name: string;
  readonly upload?: Upload | undefined;
  readonly received: number;
  readonly settings: ReadingSettings;
  readonly rowsRead?: number | undefined;
  readonly reading?: OwnFile["reading"];
  readonly job?: ChildJob | undefined;
  /** of a file on its way; settled once it is kept or gone */
  readonly arrival?: { breakOff(): void; readonly settled: Promise<void> } | undefined;
}

/** The files that were dropped, at most one of each kind, each read in a process of its own as soon as it is here. */
export class DroppedFiles {
  readonly #uploads: Uploads;
  /** flags that name the registry for a child process */
  readonly #flags: readonly string[];
  readonly #files = new Map<FileKind, Kept>();

  constructor(place: string, flags: readonly string[]) {
    this.#uploads = new Uploads(place);
    this.#flags = flags;
  }

  /** Clears away what an earlier process left. */
  open(): Promise<void> {
    return this.#uploads.sweep();
  }

  shown(): Partial<Record<FileKind, OwnFile>> {
    return Object.fromEntries([...this.#files].map(([kind, file]) => [kind, shownFile(file)]));
  }

  /** Takes a file in the place of the one before, which stays until the new one is whole. */
  async receive(kind: FileKind, name: string, body: Readable): Promise<void> {
    await this.#breakOff(kind);
    const before = this.#files.get(kind);
    await before?.job?.stop();
    const control = new AbortController();
    let settle: () => void = () => {};
    const settled = new Promise<void>((resolve) => {
      settle = resolve;
    });
    const arrival = { breakOff: () => control.abort(), settled };
    const onBytes = (received: number) => {
      this.#files.set(kind, { name, received, settings: {}, arrival });
    };
    onBytes(0);
    try {
      const order = { name, bytesMax: bytesMax[kind], onBytes, signal: control.signal };
      const upload = await this.#uploads.receive(body, order);
      if (before?.upload) await this.#uploads.remove(before.upload);
      this.#read(kind, { name, received: upload.bytes, settings: {}, upload });
    } catch (error) {
      this.#restore(kind, before);
      throw error;
    } finally {
      settle();
    }
  }

  async forget(kind: FileKind): Promise<void> {
    await this.#breakOff(kind);
    const file = this.#files.get(kind);
    this.#files.delete(kind);
    await file?.job?.stop();
    if (file?.upload) await this.#uploads.remove(file.upload);
  }

  /** @throws Problem where there is no file to read */
  async readAgain(kind: FileKind, settings: ReadingSettings): Promise<void> {
    const file = this.#files.get(kind);
    if (!file?.upload) throw notNow(`There is no file of ${kind} to read: drop one first.`);
    await file.job?.stop();
    this.#read(kind, { ...file, settings });
  }

  /** The file to be trained on, if there is one. @throws Problem where it cannot be used yet */
  ready(kind: FileKind): FileOrder | undefined {
    const file = this.#files.get(kind);
    if (file === undefined) return undefined;
    if (!file.upload || !file.reading) throw notNow(`${file.name} is still being read.`);
    const { problem } = file.reading;
    if (problem) throw notNow(`${file.name} cannot be used yet: ${problem.message}`);
    return orderOf(file.upload, file);
  }

  /** Nothing is read and no file is left once this resolves. */
  async close(): Promise<void> {
    const ends = [...this.#files].map(async ([kind, { job }]) => {
      await this.#breakOff(kind);
      await job?.stop();
    });
    await Promise.all(ends);
    await this.#uploads.close();
  }

  /** Nothing of this kind is on its way once this resolves. */
  async #breakOff(kind: FileKind): Promise<void> {
    const arrival = this.#files.get(kind)?.arrival;
    arrival?.breakOff();
    await arrival?.settled;
  }

  /** What was there before, whose reading may have been ended. */
  #restore(kind: FileKind, before: Kept | undefined): void {
    if (before?.upload === undefined) this.#files.delete(kind);
    else if (before.reading === undefined) this.#read(kind, before);
    else this.#files.set(kind, before);
  }

  #read(kind: FileKind, { reading: _, rowsRead: __, ...file }: Kept): void {
    const order: OwnShopOrder = {
      task: kind === "events" ? "read events" : "read items",
      file: orderOf(file.upload!, file),
    };
    const update = (change: Pick<Kept, "reading" | "rowsRead">) => {
      const current = this.#files.get(kind);
      if (current?.job === job) this.#files.set(kind, { ...current, ...change });
    };
    const job = new ChildJob([...orderArgs(order), ...this.#flags], (message) => {
      if (message.kind === "rows") update({ rowsRead: message.rowCount });
      if (message.kind === "reading") update({ reading: message.reading });
    });
    this.#files.set(kind, { ...file, job });
    void job.ended.then(({ kind: end, reason: message }) => {
      if (end === "failed")
        update({ reading: { columns: [], understood: {}, problem: { about: "file", message } } });
    });
  }
}

function shownFile({ name, upload, received, settings, reading, rowsRead }: Kept): OwnFile {
  const phase = upload === undefined ? "arriving" : reading === undefined ? "being read" : "read";
  return { name, bytes: upload?.bytes ?? received, phase, rowsRead, reading, settings };
}

function orderOf({ path, name }: Upload, { settings }: Pick<Kept, "settings">): FileOrder {
  return { ...settings, path, name };
}

export function notNow(detail: string): Problem {
  return new Problem({ name: "not-now", status: 409, title: "Not now", detail });
}
