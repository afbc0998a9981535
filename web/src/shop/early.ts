import { Client } from "aisle/client";
import { askerOf, isNewcomer, mainQuery, trendingQuery } from "./questions.ts";
import { keptShopper, openVisit } from "./storage.ts";

/*
 * Asks for the home page's first row while the shop's own script is still under way. The typed client says where; what
 * comes back is left for whoever asks the same first.
 */

const meta = document.querySelector<HTMLMetaElement>('meta[name="aisle-api"]');
const baseUrl = (meta?.content.trim() || location.origin).replace(/\/+$/, "");
const early = new Client({
  baseUrl,
  fetch: (input, init) => {
    const response = fetch(input, init);
    // Whoever takes it hears of a failure; nobody may.
    response.catch(() => {});
    globalThis.aisleEarly = { url: String(input), startedAt: Date.now(), response };
    return new Promise<Response>(() => {});
  },
});

if (location.pathname === "/" && !("aisleEarly" in globalThis)) {
  const userId = new URLSearchParams(location.search).get("shopper") ?? keptShopper();
  const state = openVisit("left", userId);
  if (isNewcomer(userId, state)) void early.trending(trendingQuery);
  else void early.recommendations(mainQuery(askerOf(userId, state)));
}
