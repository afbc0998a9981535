import { type Shop, type TrainingOrder, train } from "../pipeline.ts";
import { RunRecorder } from "../recording/recorder.ts";
import { type Released, type ReleaseOrder, release } from "../release.ts";
import type { LiveProgress } from "./live-progress.ts";
import { watchedBy } from "./live-progress.ts";
import { print } from "./registry-options.ts";
import type { Terminal } from "./terminal.ts";
import { describeResult, watchTraining } from "./watch-training.ts";

/** Trains in front of a terminal and a page, releases what came of it, and keeps a record of the run. */
export async function trainRecorded(
  shop: Shop,
  order: TrainingOrder,
  to: ReleaseOrder,
  { terminal, live, note = "" }: { terminal: Terminal; live: LiveProgress; note?: string },
): Promise<Released> {
  const begun = performance.now();
  const { registry, channel, who, program, source } = to;
  const say = (line: string): void => terminal.say(line);
  const recorder = await RunRecorder.open({ store: registry.store, who, program, source, say });
  try {
    const recorded = { ...order, journal: recorder.journal(shop.events, order) };
    const trained = await train(shop, recorded, watchedBy(watchTraining(terminal), live));
    const released = await release(trained, recorded, { ...to, run: recorder.run });
    await recorder.finish(trained, released, { channel, seconds: (performance.now() - begun) / 1000 });
    terminal.close();
    print(describeResult(trained, released) + note);
    return released;
  } finally {
    await recorder.settle();
  }
}
