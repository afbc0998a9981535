import type { VisitState } from "./visit-state.ts";
import { untoldItems } from "./visit-state.ts";

/** Who asks, as the API wants to know it. */
export interface Asker {
  readonly userId?: string;
  readonly sessionId: string;
  readonly recent?: string[];
}

export const mainCount = 12;
export const shelfCount = 24;

export function askerOf(userId: string | undefined, state: VisitState): Asker {
  const recent = untoldItems(state);
  return {
    ...(userId !== undefined && { userId }),
    sessionId: state.sessionId,
    ...(recent.length > 0 && { recent }),
  };
}

/** Is there nothing to go by yet? What grows is then the best there is to show. */
export function isNewcomer(userId: string | undefined, { deeds }: VisitState): boolean {
  return userId === undefined && deeds.length === 0;
}

/** What is trending, for everybody: its address is in the page, so that the browser asks before any script runs. */
export const trendingQuery = { numResults: shelfCount };

export function mainQuery(asker: Asker) {
  return { ...asker, numResults: mainCount, explain: true };
}
