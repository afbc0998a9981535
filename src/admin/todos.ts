import { judgeVersion } from "../promotion.ts";
import { type Channel, earlierModels } from "../registry/channel.ts";
import type { Manifest } from "../registry/manifest.ts";
import { channelOf, type Desk } from "./desk.ts";
import type { SummaryFigures } from "./summary.ts";
import { percent } from "./wording.ts";

/** Something that a merchant should look at, and the button that does it or leads to it. */
export interface Todo {
  readonly title: string;
  readonly why: string;
  readonly button: string;
  readonly action:
    | { readonly do: "promote"; readonly version: string }
    | { readonly do: "rollback"; readonly version: string }
    | { readonly do: "open"; readonly page: "models" | "rules" | "performance" | "products" }
    /** what only whoever trains can do, as a command */
    | { readonly do: "copy"; readonly command: string };
}

const dayMs = 86_400_000;
const modelAgeDaysMax = 14;
/** Fewer answers say nothing about their share. */
const answersMin = 100;
const personalShareMin = 0.5;
/** A long tail is no fault; more than half of a catalogue is. */
const neverShownShareMax = 0.5;

export async function findTodos(desk: Desk, figures: SummaryFigures): Promise<Todo[]> {
  const channel = await channelOf(desk);
  const newer = await findNewer(desk, channel);
  return [
    ...notLoaded(desk),
    ...newer,
    ...worseThanBestsellers(figures, channel),
    ...(newer.length > 0 ? [] : needsTraining(figures, desk)),
    ...faultyRules(desk),
    ...fewPersonal(figures),
    ...manyNeverShown(figures),
  ];
}

function notLoaded({ serving }: Desk): Todo[] {
  if (serving.failure === undefined || serving.loaded === undefined) return [];
  return [
    {
      title: "What is live could not be loaded",
      why: `The version before it answers meanwhile. ${serving.failure}`,
      button: "Look at the models",
      action: { do: "open", page: "models" },
    },
  ];
}

/** The newest model that was never live, if the gate would let it through: what was gone back from is no news. */
async function findNewer(desk: Desk, channel: Channel): Promise<Todo[]> {
  const manifests = await desk.registry.manifests();
  const newest = manifests.findLast(({ rank }) => rank > 0);
  const live = manifests.find(({ version }) => version === channel.model);
  if (newest === undefined || newest.version === channel.model) return [];
  if (live !== undefined && live.rank > 0 && live.createdAt >= newest.createdAt) return [];
  if (channel.history.some(({ model }) => model === newest.version)) return [];
  const gate = await gateFor(desk, newest, channel);
  if (gate === undefined || gate.decision === "hold") return [];
  return [
    {
      title: "A better model is ready",
      why: `It passes the checks: ${gate.reason}.`,
      button: "Make it live",
      action: { do: "promote", version: newest.version },
    },
  ];
}

const asked = new WeakMap<Desk, Map<string, ReturnType<typeof judgeVersion>>>();

/** The gate reads the model's whole file: of one pair of versions it is asked once. */
async function gateFor(desk: Desk, { version }: Manifest, { model }: Channel) {
  const known = asked.get(desk) ?? new Map<string, ReturnType<typeof judgeVersion>>();
  asked.set(desk, known);
  const key = `${version} over ${model}`;
  const answer = known.get(key) ?? judgeVersion(version, { model }, { registry: desk.registry });
  known.set(key, answer);
  // A damaged file is for whoever promotes it to hear of: the first screen goes on without it.
  return await answer.catch(() => undefined);
}

function worseThanBestsellers({ overPopularity }: SummaryFigures, channel: Channel): Todo[] {
  const high = overPopularity?.relative?.high ?? 0;
  const [before] = earlierModels(channel);
  if (high >= 0 || before === undefined) return [];
  return [
    {
      title: "The live model is worse than bestsellers",
      why: `On hidden events it found less than a list that is the same for everybody. The model before it is ${before}.`,
      button: "Go back to the model before",
      action: { do: "rollback", version: before },
    },
  ];
}

function needsTraining({ model }: SummaryFigures, { now }: Desk): Todo[] {
  const train = { button: "Copy the command", action: { do: "copy", command: "npx aisle train" } } as const;
  if (model === undefined || !model.isPersonal) {
    const why = "Everybody sees the same list until a model is trained on what shoppers did.";
    return [{ title: "Train a first model", why, ...train }];
  }
  const days = Math.floor((now() - Date.parse(model.createdAt)) / dayMs);
  if (days < modelAgeDaysMax) return [];
  const why = "What shoppers did since then moves only their own next answers, not what goes together.";
  return [{ title: `The live model is ${days} days old`, why, ...train }];
}

function faultyRules({ serving }: Desk): Todo[] {
  const faults = serving.loaded?.rules.faults ?? [];
  if (faults.length === 0) return [];
  const why = faults.map(({ rule, reason }) => `${rule}: ${reason}`).join("; ");
  const title = faults.length === 1 ? "A rule is left out" : `${faults.length} rules are left out`;
  return [{ title, why, button: "Open the rules", action: { do: "open", page: "rules" } }];
}

function fewPersonal({ answers }: SummaryFigures): Todo[] {
  if (answers === undefined || answers.toKnown < answersMin) return [];
  const share = answers.personal / answers.toKnown;
  if (share >= personalShareMin) return [];
  return [
    {
      title: `Only ${percent(share)} of answers are personal`,
      why: "Most known shoppers are strangers to the model: do their ids in the events match those in the requests?",
      button: "See what is answered",
      action: { do: "open", page: "performance" },
    },
  ];
}

function manyNeverShown({ products }: SummaryFigures): Todo[] {
  if (products === undefined || products.neverShown <= neverShownShareMax * products.count) return [];
  return [
    {
      title: `${percent(products.neverShown / products.count)} of the products are never shown`,
      why: "A promotion or a boost gives them a place; the preview says what that costs.",
      button: "See which",
      action: { do: "open", page: "products" },
    },
  ];
}
