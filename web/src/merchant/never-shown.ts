/** Opens the list of products that nobody is shown, further down the overview. */
export function openNeverShown(): void {
  const place = document.getElementById("never-shown");
  if (place instanceof HTMLDetailsElement) place.open = true;
  place?.scrollIntoView({ block: "center" });
  place?.querySelector("summary")?.focus({ preventScroll: true });
}
