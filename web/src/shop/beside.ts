/** Is there room for a product beside the page? */
export const wide = matchMedia("(min-width: 68rem)");

/** What a click on the home page leaves in the history: the product may be shown beside it. */
export interface PageState {
  readonly beside?: boolean;
}

/** The path of the page that is shown, which a product beside it does not change. */
export function shownPath(): string {
  const isBeside = (history.state as PageState | null)?.beside === true;
  return isBeside && wide.matches ? "/" : location.pathname;
}
