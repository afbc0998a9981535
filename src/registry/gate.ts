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
      }
    | undefined;
  readonly channelIsEmpty: boolean;
  readonly eventCount: number;
  /** what a look at the served model found wrong, in sentences; empty where it is sane */
  readonly faults: readonly string[];
  /** what to do where the test cannot tell: by default permissive while the channel is empty, else cautious */
  readonly policy?: GatePolicy | undefined;
  /** the reason of whoever wants it live whatever the gate says */
  readonly force?: string | undefined;
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
const volumeRatioMax = 1.5;
const volumeRatioMin = 0.5;

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
  const { champion, overPopularity, faults, metric } = question;
  const difference = champion?.difference ?? overPopularity;
  const hold = (reason: string): GateAnswer => ({ decision: "hold", reason, difference });
  if (faults.length > 0) return hold(`the model is not sane: ${faults.join("; ")}`);
  const volume = champion && volumeFault(champion.eventCount, question.eventCount);
  if (volume) return hold(volume);
  if (!overPopularity || question.testUserCount < testUsersMin) {
    return byPolicy(
      question,
      `${question.testUserCount} test users cannot tell (${testUsersMin} are needed)`,
    );
  }
  if (overPopularity.high < 0) {
    return hold(`it is worse than the popularity baseline: ${metric} ${describe(overPopularity)}`);
  }
  if (!champion) return againstPopularity(metric, overPopularity);
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

function againstPopularity(metric: string, difference: MeasuredDifference): GateAnswer {
  const sentence = `${metric} ${describe(difference)} against the popularity baseline`;
  return difference.low > 0
    ? { decision: "promote", reason: `it beats what is live: ${sentence}`, difference }
    : { decision: "hold", reason: `it is not shown to beat popularity: ${sentence}`, difference };
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

function volumeFault(before: number, now: number): string | undefined {
  const ratio = now / before;
  if (ratio >= volumeRatioMin && ratio <= volumeRatioMax) return undefined;
  return (
    `the data has ${now} events where the live model's had ${before}: more than 50 % off. ` +
    "Is a file missing or doubled?"
  );
}

function describe({ value, low, high }: MeasuredDifference): string {
  const signed = (x: number): string => `${x < 0 ? "−" : "+"}${Math.abs(x).toFixed(4)}`;
  return `${signed(value)} (95 % interval ${signed(low)} to ${signed(high)})`;
}
