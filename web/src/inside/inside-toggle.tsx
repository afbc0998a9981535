/** The place in the header for the drawer that shows what happens inside. */
export function InsideToggle() {
  return null;
}
