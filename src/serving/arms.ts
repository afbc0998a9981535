import { createHash } from "node:crypto";
import { holdbackArm, type Rules } from "../registry/rules.ts";
import { answer, popular } from "./answer.ts";
import type { Answer, Query } from "./query.ts";
import type { Snapshot } from "./snapshot.ts";

type Experiment = NonNullable<Rules["experiment"]>;
type Arm = Omit<Experiment["arms"][number], "share">;

/**
 * Answers as the arm of whoever asks has it, where the rules set up an experiment, and says which arm it is. Who is
 * held back gets what is popular, whatever was asked; filters and what is hidden by name hold all the same. A question
 * that is neither a user's nor a session's takes part in nothing.
 */
export function answerInArm(snapshot: Snapshot, query: Query): Answer {
  const experiment = snapshot.rules.experimentAt(Date.now());
  const arm = experiment && armOf(experiment, query);
  if (experiment === undefined || arm === undefined) return answer(snapshot, query);
  const said = { name: experiment.name, arm: arm.name };
  if (arm.name === holdbackArm) {
    const { userId } = query;
    const { items, ...head } = popular(snapshot, query);
    return { ...head, ...(userId === undefined ? {} : { userId }), experiment: said, items };
  }
  const { items, ...head } = answer(snapshot, { ...query, ...settingsOf(arm, query) });
  return { ...head, experiment: said, items };
}

const settings = [
  "hide",
  "diversity",
  "popularityInfluence",
  "freshnessInfluence",
  "explorationWeight",
] as const satisfies readonly (keyof Arm & keyof Query)[];

/** What the request says goes before what its arm does. */
function settingsOf(arm: Arm, query: Query): Partial<Query> {
  return Object.fromEntries(settings.map((name) => [name, query[name] ?? arm[name]]));
}

/** What of one's own past is hidden: what the request says, else what its arm does, if anything. */
export function hideOf(snapshot: Snapshot | undefined, query: Query): Query["hide"] {
  const experiment = query.hide === undefined ? snapshot?.rules.experimentAt(Date.now()) : undefined;
  return experiment ? armOf(experiment, query)?.hide : query.hide;
}

/**
 * The arm of a user, else of a session: by two hashes, one for who is held back and one for the arms, so that another
 * holdback moves nobody between arms.
 */
export function armOf(
  { name, salt = name, holdback, arms }: Experiment,
  { userId, sessionId }: Pick<Query, "userId" | "sessionId">,
): Arm | undefined {
  const unit = userId === undefined ? sessionId : userId;
  if (unit === undefined) return undefined;
  const kind = userId === undefined ? "session" : "user";
  const digest = createHash("sha256")
    .update(JSON.stringify([salt, kind, unit]))
    .digest();
  if (shareAt(digest, 0) < holdback) return { name: holdbackArm };
  const place = shareAt(digest, 6);
  const ends = arms.map((_, at) => arms.slice(0, at + 1).reduce((sum, { share }) => sum + share, 0));
  // Shares of 1/3 do not quite sum to 1: what is left is the last arm's.
  return arms.find((_, at) => place < ends[at]) ?? arms.at(-1);
}

/** Six bytes of a digest as a number from 0 to below 1. */
function shareAt(digest: Buffer, at: number): number {
  return digest.readUIntBE(at, 6) / 2 ** 48;
}
