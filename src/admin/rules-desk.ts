import type { ChannelEntry } from "../registry/channel.ts";
import { type Rules, rulesSchema } from "../registry/rules.ts";
import { type CheckedRules, checkDraft } from "../serving/check-rules.ts";
import type { RuleFault } from "../serving/rules.ts";
import { Snapshot } from "../serving/snapshot.ts";
import { channelOf, type Decision, type Desk, DeskError } from "./desk.ts";

/** What stands for the version of no rules at all. */
export const noRules = "none";

export interface RulesChange extends Decision {
  readonly version: string;
  readonly at: string;
}

export interface LiveRules {
  /** "none" until some were saved */
  readonly version: string;
  readonly rules: Rules;
  /** rules that what is live cannot bear: answers go on without them */
  readonly faults: readonly RuleFault[];
  /** newest first, the live one at the head */
  readonly history: readonly RulesChange[];
}

export async function showRules(desk: Desk): Promise<LiveRules> {
  const { rules: version, history } = await channelOf(desk);
  const rules = await readRules(desk, version ?? noRules);
  const changes = history.filter(isRulesChange).reverse();
  return {
    version: version ?? noRules,
    rules,
    faults: check(desk, rules).faults,
    history: changes.map(({ rules, at, who, why }) => ({ version: rules, at, who, why })),
  };
}

/** @throws UnknownVersionError */
export async function readRules({ registry }: Desk, version: string): Promise<Rules> {
  return version === noRules ? rulesSchema.parse({}) : await registry.readRules(version);
}

/** What rules do to what serves now; nothing but their texts is looked at where nothing does. */
export function check({ serving }: Desk, rules: Rules): CheckedRules {
  const { loaded } = serving;
  return checkDraft(rules, loaded && draftOf(loaded, rules));
}

/** What serves, with other rules. */
export function draftOf({ parts }: Snapshot, rules: Rules): Snapshot {
  return new Snapshot({ ...parts, rules, rulesVersion: undefined });
}

export interface RulesToSave extends Decision {
  readonly rules: Rules;
  /** the version that they were written to replace */
  readonly replaces: string;
}

/** Rules that what serves cannot bear: nothing was saved. */
export class RulesFaultsError extends Error {
  override readonly name = "RulesFaultsError";
  readonly faults: readonly RuleFault[];

  constructor(faults: readonly RuleFault[]) {
    super(faults.map(({ rule, reason }) => `${rule}: ${reason}`).join("; "));
    this.faults = faults;
  }
}

/**
 * Makes rules live as a new version, unless others have been saved meanwhile. Gives their version.
 * @throws RulesFaultsError, PromotionConflictError
 */
export async function saveRules(desk: Desk, { rules, replaces, ...change }: RulesToSave): Promise<string> {
  const { faults } = check(desk, rules);
  if (faults.length > 0) throw new RulesFaultsError(faults);
  const version = await desk.registry.publishRules(rules);
  await makeLive(desk, { version, replaces, ...change });
  return version;
}

export interface RulesToRestore extends Decision {
  /** the one before the live one, unless named: to undo is to go back by one */
  readonly version?: string | undefined;
  readonly replaces: string;
}

/** @throws DeskError where there is nothing to undo; else as `saveRules` */
export async function restoreRules(desk: Desk, asked: RulesToRestore): Promise<string> {
  const { version = await versionBefore(desk, asked.replaces), ...change } = asked;
  // A channel names rules that are there: of none it can only be told by rules that say nothing.
  const named = version === noRules ? await desk.registry.publishRules(rulesSchema.parse({})) : version;
  await makeLive(desk, { version: named, ...change });
  return named;
}

/** What was live before the rules that are live now were last made so. */
async function versionBefore(desk: Desk, live: string): Promise<string> {
  const changes = (await channelOf(desk)).history.filter(isRulesChange);
  const at = changes.findLastIndex(({ rules }) => rules === live);
  if (at < 0) throw new DeskError("No rules have been saved yet, so there is nothing to undo.");
  return changes[at - 1]?.rules ?? noRules;
}

async function makeLive(
  { registry, channel, serving }: Desk,
  { version, replaces, ...change }: Decision & { readonly version: string; readonly replaces: string },
): Promise<void> {
  await registry.setRules(channel, version, change, replaces);
  await serving.refresh();
}

function isRulesChange(entry: ChannelEntry): entry is ChannelEntry & { readonly rules: string } {
  return entry.action === "rules" && entry.rules !== undefined;
}
