/** What whoever deploys these files may set, in the `<meta>` elements of their pages. */
function setting(name: string): string {
  return document.querySelector<HTMLMetaElement>(`meta[name="aisle-${name}"]`)?.content.trim() ?? "";
}

/** Where the API is, without a slash at the end; where this page came from, unless said. */
export const apiBase: string = (setting("api") || location.origin).replace(/\/+$/, "");

/** ISO 4217, or nothing: prices are then numbers alone. */
export const currency: string = setting("currency");
