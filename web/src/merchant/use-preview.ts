import type { RulesPreview } from "aisle/admin";
import { useEffect, useState } from "react";
import { ask } from "./admin-client.ts";
import type { Draft } from "./rules-draft.ts";

export interface PreviewState {
  /** the last one, kept while the next is made */
  readonly preview?: RulesPreview;
  readonly error?: unknown;
}

const pauseMs = 250;

/** What a draft makes of a shopper's rows, a moment after the last change. */
export function usePreview(draft: Draft | undefined, userId: string): PreviewState {
  const [state, setState] = useState<PreviewState>({});
  useEffect(() => {
    if (draft === undefined) return;
    const asking = new AbortController();
    const pause = setTimeout(() => {
      const body = { rules: draft, ...(userId !== "" && { userId }) };
      ask<RulesPreview>("rules/preview", { method: "POST", body, signal: asking.signal }).then(
        (preview) => setState({ preview }),
        (error) => {
          if (!asking.signal.aborted) setState(({ preview }) => ({ ...(preview && { preview }), error }));
        },
      );
    }, pauseMs);
    return () => {
      clearTimeout(pause);
      asking.abort();
    };
  }, [draft, userId]);
  return state;
}
