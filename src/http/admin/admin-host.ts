import type { Desk } from "../../admin/desk.ts";
import type { GuardKeys } from "../guard.ts";
import type { Host } from "../host.ts";

/** A key that holds while one server runs, for whoever reads it off that server's terminal. */
export interface StartKey {
  readonly key: string;
  /** whose terminal it is: the author of what is done with it */
  readonly who: string;
  /** does the request come from this machine, to a socket that no other machine can reach? */
  readonly isLocal: (env: unknown) => boolean;
}

/** What the place where the merchant's routes run gives to them. */
export interface AdminHost extends Pick<Host, "addressOf" | "namesOf" | "onAnswered" | "now" | "prefixOf"> {
  readonly desk: Desk;
  readonly keys?: Pick<GuardKeys, "findKey"> | undefined;
  readonly startKey?: StartKey | undefined;
  /** the experiment report as one HTML file; `undefined` where there is nothing to report */
  readonly report?: (() => Promise<string | undefined>) | undefined;
}
