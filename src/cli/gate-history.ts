import { type GateEvent, gateHistory } from "../registry/gate-history.ts";
import { openRegistry, print, printJson, type RegistryFlags } from "./registry-options.ts";

/** Every model that asked for the channel: what the gate said, by how much it was better or worse, and why. */
export async function showGateHistory(flags: RegistryFlags): Promise<void> {
  const registry = openRegistry(flags);
  const history = await gateHistory(registry, flags.channel);
  if (flags.json) return printJson(history);
  if (history.length === 0)
    return print(`nothing has asked for channel "${flags.channel}" of ${registry.store.location} yet`);
  print(history.map(describeEvent).join("\n"));
}

const words = { promote: "promoted", rollback: "gone back to", hold: "held" } as const;

function describeEvent({ at, action, model, who, why, gate }: GateEvent): string {
  const lines = [`${at.slice(0, 16).replace("T", " ")}  ${words[action]}  ${model}  by ${who}`, `  ${why}`];
  if (gate?.difference) {
    const { value, low, high, relative } = gate.difference;
    const share = relative ? `, ${signed(100 * relative.value, 1)} %` : "";
    lines.push(`  difference ${signed(value)} [${signed(low)}, ${signed(high)}]${share}`);
  }
  if (gate?.forced !== undefined) lines.push(`  forced: ${gate.forced}`);
  return lines.join("\n");
}

function signed(value: number, digits = 4): string {
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(digits)}`;
}
