import { Observable } from "../observable.ts";
import type { Answer } from "../shop-client.ts";

/** The item that somebody asks about, where it was shown. */
export interface WhySubject {
  readonly itemId: string;
  /** the row's answer */
  readonly answer: Pick<Answer, "recommendationId" | "model" | "source">;
  readonly userId: string | undefined;
  readonly sessionId: string;
}

export const views = ["why", "happened", "beside"] as const;
export type View = (typeof views)[number];

export interface InsideState {
  readonly isOpen: boolean;
  readonly view: View;
  readonly subject?: WhySubject | undefined;
}

export const inside = new Observable<InsideState>({ isOpen: false, view: "happened" });

/** Opens the drawer, whose code comes only now. */
export function openInside(change: Partial<Omit<InsideState, "isOpen">> = {}): void {
  inside.set({ ...inside.value, ...change, isOpen: true });
  void import("./mount-drawer.tsx").then(({ mountDrawer }) => mountDrawer());
}

export function closeInside(): void {
  inside.set({ ...inside.value, isOpen: false });
}
