/** A difference with the ends of its 95 % interval, challenger − champion. */
export interface MeasuredDifference {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** the same ÷ the champion's figure; absent where the champion scored nothing */
  readonly relative?: { readonly value: number; readonly low: number; readonly high: number } | undefined;
}

/** What is known when a model asks to go live. Recipes are compared, both fitted and measured on the same cut. */
export interface GateQuestion {
  /** the figure compared, such as `ndcg@10` */
  readonly metric: string;
  /** users with something to find in the test part */
  readonly testUserCount: number;
  /** against the popularity baseline of the same cut; absent where nothing was held out */
  readonly overPopularity?: MeasuredDifference | undefined;
  /** what is live now; absent while the channel is empty or serves popularity only */
  readonly champion?:
    | {
        readonly version: string;
        /** the very same settings on newer data */
        readonly isRefresh: boolean;
        /** absent where the two were not measured on the same cut */
        readonly difference?: MeasuredDifference | undefined;
        readonly eventCount: number;
        readonly shape?: ModelShape | undefined;
      }
    | undefined;
  readonly channelIsEmpty: boolean;
  readonly eventCount: number;
  /** compared with the champion's where both are known and the settings are the same */
  readonly shape?: ModelShape | undefined;
  /** what a look at the served model found wrong, in sentences; empty where it is sane */
  readonly faults: readonly string[];
  /** what to do where the test cannot tell: by default permissive while the channel is empty, else cautious */
  readonly policy?: GatePolicy | undefined;
  /** the reason of whoever wants it live whatever the gate says */
  readonly force?: string | undefined;
}

/** What a refresh should not change much. */
export interface ModelShape {
  /** of the model file */
  readonly byteLength: number;
  /** share of the items that is in somebody's list, where that was measured */
  readonly coverage?: number | undefined;
}

export type GatePolicy = "cautious" | "permissive";

export interface GateAnswer {
  readonly decision: "promote" | "hold";
  readonly reason: string;
  readonly difference?: MeasuredDifference | undefined;
  readonly forced?: string | undefined;
}

/** Fewer test users than this cannot tell one recipe from another. */
export const testUsersMin = 200;
/** A refresh may measure this much worse, relative to the champion, before it counts as worse. */
const marginRelative = -0.02;
/** Data, and a refresh's file and coverage, may be half as large again or half as large, and no further off. */
const ratioMax = 1.5;
const ratioMin = 0.5;

/** Whether a model may go live, and why, in a sentence for the channel's history. */
export function judge(question: GateQuestion): GateAnswer {
  const answer = judgeUnforced(question);
  if (question.force === undefined || answer.decision === "promote") return answer;
  return {
    ...answer,
    decision: "promote",
    forced: question.force,
    reason: `forced ("${question.force}") although: ${answer.reason}`,
  };
}

function judgeUnforced(question: GateQuestion): GateAnswer {
  const { champion, overPopularity, metric } = question;
  const difference = champion?.difference ?? overPopularity;
  const hold = (reason: string): GateAnswer => ({ decision: "hold", reason, difference });
  const faults = [...question.faults, ...sizeFaults(question)];
  if (faults.length > 0) return hold(`it is not sane: ${faults.join("; ")}`);
  if (!overPopularity) return byPolicy(question, "nothing was held out, which cannot tell");
  if (question.testUserCount < testUsersMin) {
    return byPolicy(
      question,
      `${question.testUserCount} test users cannot tell (${testUsersMin} are needed)`,
    );
  }
  if (overPopularity.high < 0) {
    return hold(`it is worse than the popularity baseline: ${metric} ${describe(overPopularity)}`);
  }
  if (!champion) return againstPopularity(question, overPopularity);
  if (!champion.difference) {
    return byPolicy(
      question,
      `it and ${champion.version} were not measured on the same cut, which cannot tell`,
    );
  }
  return champion.isRefresh
    ? judgeRefresh(champion.version, metric, champion.difference)
    : judgeRecipe(champion.version, metric, champion.difference);
}

/** Where popularity is served it is to be beaten; where nothing is served, not losing to it is enough by default. */
function againstPopularity(question: GateQuestion, difference: MeasuredDifference): GateAnswer {
  const sentence = `${question.metric} ${describe(difference)} against the popularity baseline`;
  if (difference.low > 0)
    return { decision: "promote", reason: `it beats popularity: ${sentence}`, difference };
  const uncertainty = `it is not shown to beat popularity: ${sentence}`;
  if (question.channelIsEmpty) return byPolicy(question, uncertainty);
  return { decision: "hold", reason: uncertainty, difference };
}

function judgeRefresh(version: string, metric: string, difference: MeasuredDifference): GateAnswer {
  const low = difference.relative?.low ?? difference.low;
  const sentence = `${metric} ${describe(difference)} against ${version}, whose settings it shares`;
  return low > marginRelative
    ? { decision: "promote", reason: `a refresh, not worse: ${sentence}`, difference }
    : { decision: "hold", reason: `a refresh that may be more than 2 % worse: ${sentence}`, difference };
}

function judgeRecipe(version: string, metric: string, difference: MeasuredDifference): GateAnswer {
  const sentence = `${metric} ${describe(difference)} against ${version}`;
  return difference.low > 0
    ? { decision: "promote", reason: `new settings, better: ${sentence}`, difference }
    : { decision: "hold", reason: `new settings that are not shown to be better: ${sentence}`, difference };
}

function byPolicy(question: GateQuestion, uncertainty: string): GateAnswer {
  const policy = question.policy ?? (question.channelIsEmpty ? "permissive" : "cautious");
  const origin = question.policy
    ? ""
    : question.channelIsEmpty
      ? " while the channel is empty"
      : " by default";
  return {
    decision: policy === "permissive" ? "promote" : "hold",
    reason: `${uncertainty}, and the policy is ${policy}${origin}`,
    difference: question.champion?.difference ?? question.overPopularity,
  };
}

/** What is much larger or smaller than it was with the live model, each in a sentence. */
function sizeFaults({ eventCount, shape, champion }: GateQuestion): string[] {
  if (!champion) return [];
  const before = champion.isRefresh ? champion.shape : undefined;
  return [
    offFault("events in the data", eventCount, champion.eventCount, "is a file missing or doubled?"),
    offFault("bytes in the model file", shape?.byteLength, before?.byteLength, "did ids come or go?"),
    offFault("of the items in somebody's list", shape?.coverage, before?.coverage, "are lists all alike?"),
  ].filter((fault) => fault !== undefined);
}

function offFault(
  what: string,
  now: number | undefined,
  before: number | undefined,
  question: string,
): string | undefined {
  if (now === undefined || before === undefined) return undefined;
  const ratio = now / before;
  if (ratio >= ratioMin && ratio <= ratioMax) return undefined;
  return `${now} ${what} where the live model had ${before}, which is more than 50 % off (${question})`;
}

function describe({ value, low, high }: MeasuredDifference): string {
  const signed = (x: number): string => `${x < 0 ? "−" : "+"}${Math.abs(x).toFixed(4)}`;
  return `${signed(value)} (95 % interval ${signed(low)} to ${signed(high)})`;
}
