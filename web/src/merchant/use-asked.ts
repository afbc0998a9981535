import { useCallback, useEffect, useRef, useState } from "react";
import { ask } from "./admin-client.ts";

export interface AskedState<T> {
  /** the last answer, kept while a newer one is on its way */
  readonly answer?: T;
  readonly error?: unknown;
  readonly isAsking: boolean;
  /** asks again; resolves when the answer is there */
  readonly again: () => Promise<void>;
}

/** Asks a route when it is first needed, and again whenever it is told to. */
export function useAsked<T>(path: string): AskedState<T> {
  const [state, setState] = useState<Omit<AskedState<T>, "again">>({ isAsking: true });
  const turn = useRef(0);
  const again = useCallback(async () => {
    const mine = ++turn.current;
    setState(({ answer }) => ({ ...(answer !== undefined && { answer }), isAsking: true }));
    try {
      const answer = await ask<T>(path);
      if (mine === turn.current) setState({ answer, isAsking: false });
    } catch (error) {
      if (mine === turn.current) setState({ error, isAsking: false });
    }
  }, [path]);
  useEffect(() => {
    void again();
    return () => {
      turn.current++;
    };
  }, [again]);
  return { ...state, again };
}
