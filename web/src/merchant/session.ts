import type { Session } from "aisle/admin";
import { useCallback, useEffect, useState } from "react";
import { AdminProblem, ask, sentenceOf } from "./admin-client.ts";

export interface SessionState {
  /** absent while nobody is signed in */
  readonly session?: Session;
  /** why signing in has not worked, or why nobody knows */
  readonly failure?: string;
  readonly isAsking: boolean;
  readonly signIn: (key: string) => Promise<void>;
  readonly signOut: () => Promise<void>;
}

/** The key comes in the address's fragment, once: it is taken out before anything else sees it. */
export function useSession(): SessionState {
  const [state, setState] = useState<Pick<SessionState, "session" | "failure" | "isAsking">>({
    isAsking: true,
  });
  const signIn = useCallback(async (key: string) => {
    setState({ isAsking: true });
    try {
      setState({
        session: await ask<Session>("session", { method: "POST", body: { key } }),
        isAsking: false,
      });
    } catch (error) {
      setState({ failure: sentenceOf(error), isAsking: false });
    }
  }, []);
  const signOut = useCallback(async () => {
    await ask("session", { method: "DELETE" });
    setState({ isAsking: false });
  }, []);
  useEffect(() => {
    const key = takeKey();
    if (key !== undefined) {
      void signIn(key);
      return;
    }
    ask<Session>("session").then(
      (session) => setState({ session, isAsking: false }),
      (error) => {
        const isUnknown = error instanceof AdminProblem && error.status === 401;
        setState({ isAsking: false, ...(!isUnknown && { failure: sentenceOf(error) }) });
      },
    );
  }, [signIn]);
  return { ...state, signIn, signOut };
}

let taken = false;

function takeKey(): string | undefined {
  const [, key] = /^#key=(.+)$/.exec(location.hash) ?? [];
  if (key === undefined || taken) return undefined;
  taken = true;
  history.replaceState(null, "", `${location.pathname}${location.search}#/`);
  return decodeURIComponent(key);
}
