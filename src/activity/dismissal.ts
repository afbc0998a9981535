const dismissals = new Set(["hide", "hidden", "dismiss", "dismissed", "notinterested", "dislike"]);

/** Whether an event of this type says that the user does not want to see the item again. */
export function isDismissal(eventType: string): boolean {
  return dismissals.has(eventType.toLowerCase().replace(/[^a-z]/g, ""));
}
