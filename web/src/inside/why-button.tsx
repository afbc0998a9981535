import type { Answer } from "../shop-client.ts";

export interface WhyProps {
  readonly itemId: string;
  /** the row's answer, which `callOf(answer.recommendationId)` finds in the activity log */
  readonly answer: Pick<Answer, "recommendationId" | "model" | "source">;
  readonly userId: string | undefined;
  readonly sessionId: string;
}

/** The place on every card for "why this?". */
export function WhyButton(_: WhyProps) {
  return null;
}
