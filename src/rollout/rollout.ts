import { isUnderWay, type RolloutPhase, type RolloutRecord } from "../registry/rollout-record.ts";
import { Ledger, type LedgerParts, TakenOverError } from "./ledger.ts";
import {
  BackError,
  check,
  goBack,
  moveChannel,
  type Phase,
  publish,
  type RolloutPorts,
  setModel,
} from "./phases.ts";
import { prepareRollout, type RolloutOrder } from "./prepare.ts";
import { shift } from "./shift.ts";

/** Who drives, and who listens. */
export interface Driver {
  readonly who: string;
  readonly signal?: AbortSignal | undefined;
  /** told of every happening, with the record as it is then */
  readonly onNote?: (note: string, record: RolloutRecord) => void;
}

const phases: Record<Exclude<RolloutPhase, "live" | "gone-back">, Phase> = {
  "set-model": setModel,
  publish,
  check,
  shift,
  "move-channel": moveChannel,
  "go-back": goBack,
};

/**
 * Puts a model behind an alias: set, publish, check, shift by steps, and at last move the channel. What was begun
 * is either finished or undone; gives the record as it was left.
 * @throws RolloutError where the present state does not allow it; nothing was changed then
 */
export async function startRollout(
  order: RolloutOrder,
  ports: RolloutPorts,
  driver: Driver,
): Promise<RolloutRecord> {
  const draft = await prepareRollout(order, ports, driver.who);
  const note = `rollout of ${order.model} begins: version ${draft.versionBefore} serves ${draft.modelBefore}`;
  const ledger = await Ledger.begin(ledgerParts(ports, driver), draft, note);
  driver.onNote?.(note, ledger.record);
  return await drive(ledger, ports, driver);
}

/** Goes on where a rollout was interrupted, after making sure that nobody drives it. */
export async function resumeRollout(
  channel: string,
  ports: RolloutPorts,
  driver: Driver,
): Promise<RolloutRecord> {
  const options = { patient: true, signal: driver.signal };
  const note = `taken up by ${driver.who}`;
  const ledger = await Ledger.takeUp(ledgerParts(ports, driver), channel, options, () => ({
    change: {},
    note,
  }));
  driver.onNote?.(note, ledger.record);
  return await drive(ledger, ports, driver);
}

/** Undoes a rollout wherever it is, also while somebody drives it: that driver stops at its next step. */
export async function abortRollout(
  channel: string,
  ports: RolloutPorts,
  driver: Driver,
): Promise<RolloutRecord> {
  const reason = `aborted by ${driver.who}`;
  const options = { patient: false };
  const ledger = await Ledger.takeUp(ledgerParts(ports, driver), channel, options, ({ reason: before }) => ({
    change: { phase: "go-back", reason: before ?? reason },
    note: reason,
  }));
  driver.onNote?.(reason, ledger.record);
  return await drive(ledger, ports, driver);
}

/** Phase after phase until it rests. Each may be done twice, so that an interruption at any point does no harm. */
async function drive(ledger: Ledger, ports: RolloutPorts, driver: Driver): Promise<RolloutRecord> {
  const { signal, onNote } = driver;
  while (isUnderWay(ledger.record)) {
    const { phase } = ledger.record;
    try {
      signal?.throwIfAborted();
      const { change, note } = await phases[phase as keyof typeof phases](ledger, ports, signal);
      await ledger.save(change, note);
      onNote?.(note, ledger.record);
    } catch (error) {
      if (error instanceof TakenOverError) throw error;
      if (signal?.aborted) {
        await ledger.release(`interrupted while at "${phase}"`);
        throw signal.reason;
      }
      if (!canGoBack(phase, error)) throw error;
      const reason = (error as Error).message;
      await ledger.save({ phase: "go-back", reason }, `goes back: ${reason}`);
      onNote?.(`goes back: ${reason}`, ledger.record);
    }
  }
  return ledger.record;
}

/**
 * Whatever fails before all traffic is on the new version sends it back. After that, only a reason that was seen:
 * a registry that does not answer for a moment shall not undo what is right, and can be taken up again.
 */
function canGoBack(phase: RolloutPhase, error: unknown): boolean {
  if (phase === "go-back") return false;
  return phase !== "move-channel" || error instanceof BackError;
}

function ledgerParts({ registry, clock }: RolloutPorts, { who }: Driver): LedgerParts {
  return { registry, clock, who };
}
