import { useCallback, useEffect, useRef, useState } from "react";
import { amendCall, callOf } from "../activity-log.ts";
import { AisleError } from "../shop-client.ts";
import { remember } from "./known-items.ts";

/** Something to ask of the API. */
export interface Question<T> {
  /** what it is about: until a new answer is there, the last one about the same goes on being shown */
  readonly scope: string;
  /** whatever else the answer depends on: asked again when it changes */
  readonly key: string;
  /** what the page calls the answer, for whoever looks inside */
  readonly label?: string;
  readonly ask: (options: { signal: AbortSignal }) => Promise<T>;
}

export interface Asked<T> {
  readonly answer: T | undefined;
  /** of the last try; the answer before it stays */
  readonly error: Error | undefined;
  readonly isPending: boolean;
  readonly retry: () => void;
}

interface Kept {
  readonly key: string;
  readonly answer: unknown;
}

/** The last answers by scope, so that going back shows what was there, at once and where it was. */
const kept = new Map<string, Kept>();
const keptMax = 60;
/** While there is no model yet, which it soon will be. */
const againAfterMs = 1000;

/** Asks, and asks again whenever the question changes; `undefined` asks nothing. */
export function useAnswer<T>(question: Question<T> | undefined): Asked<T> {
  const [, render] = useState(0);
  const [failed, setFailed] = useState<{ readonly id: string; readonly error: Error }>();
  const [tries, setTries] = useState(0);
  const latest = useRef(question);
  latest.current = question;
  const id = question && JSON.stringify([question.scope, question.key]);
  const last = question && kept.get(question.scope);
  const isAnswered = last !== undefined && last.key === question?.key;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the id stands for the question, tries for another try
  useEffect(() => {
    const asked = latest.current;
    if (asked === undefined || id === undefined || kept.get(asked.scope)?.key === asked.key) return;
    const controller = new AbortController();
    const stop = askUntilAnswered(asked, controller.signal, (outcome) => {
      if ("error" in outcome) return setFailed({ id, error: outcome.error });
      keep(asked.scope, { key: asked.key, answer: outcome.answer });
      setFailed(undefined);
      render((count) => count + 1);
    });
    return () => {
      stop();
      controller.abort();
    };
  }, [id, tries]);

  const error = failed?.id === id ? failed?.error : undefined;
  const retry = useCallback(() => {
    setFailed(undefined);
    setTries((count) => count + 1);
  }, []);
  return {
    answer: last?.answer as T | undefined,
    error,
    isPending: question !== undefined && !isAnswered && error === undefined,
    retry,
  };
}

type Outcome = { readonly answer: unknown } | { readonly error: Error };

/** A server without a model is asked again until it has one; every other failure is the end. */
function askUntilAnswered(
  { ask, label }: Question<unknown>,
  signal: AbortSignal,
  settle: (outcome: Outcome) => void,
): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const attempt = async (): Promise<void> => {
    try {
      const answer = await ask({ signal });
      if (signal.aborted) return;
      note(answer, label);
      settle({ answer });
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof AisleError && error.status === 503) timer = setTimeout(attempt, againAfterMs);
      else settle({ error: error as Error });
    }
  };
  void attempt();
  return () => clearTimeout(timer);
}

function note(answer: unknown, label: string | undefined): void {
  const { items, recommendationId } = answer as { items?: unknown; recommendationId?: string };
  if (recommendationId === undefined) return;
  if (Array.isArray(items)) remember(items);
  const call = callOf(recommendationId);
  if (call && label !== undefined) amendCall(call.id, { label });
}

function keep(scope: string, entry: Kept): void {
  kept.delete(scope);
  kept.set(scope, entry);
  if (kept.size > keptMax) kept.delete(kept.keys().next().value as string);
}
