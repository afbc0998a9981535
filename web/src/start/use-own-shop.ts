import { useCallback, useEffect, useRef, useState } from "react";
import { type OwnShopState, readState } from "./start-api.ts";

export interface OwnShop {
  readonly state: OwnShopState | undefined;
  /** why the last thing that was asked for was not done */
  readonly failure: string | undefined;
  /** does something, and shows what came of it */
  act(deed: () => Promise<OwnShopState>): Promise<void>;
  dismiss(): void;
}

const busyMs = 350;
const idleMs = 3000;

/** What the server says of the shop, asked often while something happens and seldom while nothing does. */
export function useOwnShop(): OwnShop {
  const [state, setState] = useState<OwnShopState>();
  const [failure, setFailure] = useState<string>();
  const isBusy = useRef(true);
  const take = useCallback((next: OwnShopState) => {
    isBusy.current = isChanging(next);
    setState(next);
  }, []);
  useEffect(() => {
    let timer: number | undefined;
    let isGone = false;
    const look = async () => {
      try {
        const next = await readState();
        if (isGone) return;
        take(next);
        setFailure((before) => (before === unreachable ? undefined : before));
      } catch (error) {
        if (isGone) return;
        isBusy.current = false;
        setFailure(error instanceof TypeError ? unreachable : messageOf(error));
      }
      timer = window.setTimeout(look, isBusy.current ? busyMs : idleMs);
    };
    void look();
    return () => {
      isGone = true;
      clearTimeout(timer);
    };
  }, [take]);
  const act = useCallback(
    async (deed: () => Promise<OwnShopState>) => {
      setFailure(undefined);
      isBusy.current = true;
      try {
        take(await deed());
      } catch (error) {
        setFailure(messageOf(error));
      }
    },
    [take],
  );
  return { state, failure, act, dismiss: useCallback(() => setFailure(undefined), []) };
}

const unreachable = "The server does not answer. Is aisle start still running?";

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function isChanging({ training, files }: OwnShopState): boolean {
  return (
    (training !== undefined && training.failure === undefined) ||
    Object.values(files).some(({ phase }) => phase !== "read")
  );
}
