import { percent } from "./format.ts";
import type { ReportData } from "./gather.ts";
import { type Html, html } from "./html.ts";
import type { PastRow, Shopper, ShownRow } from "./shoppers.ts";

const sourceWords: Readonly<Record<string, string>> = {
  als: "their own taste",
  "fold-in": "what they did lately",
  similar: "like another item",
  popular: "popular",
  trending: "trending",
  content: "new in the catalogue",
  exploration: "being tried",
  promoted: "promoted",
};

/** Three shoppers' histories beside the rows that they get now. */
export function examples({ shoppers, channel }: ReportData): Html {
  if ("reason" in shoppers) return html`<p class="absent">${shoppers.reason}</p>`;
  return html`<p>What channel <em>${channel.name}</em> answers today, from model <code>${shoppers.model}</code>: three
shoppers with little, a middling amount and much of a history, drawn by its length. They are named by numbers of this
page's own; nobody who was erased is among them.</p>${shoppers.examples.map((shopper, at) => example(shopper, at + 1))}`;
}

function example({ history, historyLength, rows }: Shopper, number: number): Html {
  const more = historyLength - history.length;
  return html`<article class="shopper">
<h3>Shopper ${number} <span class="aside">${historyLength} items in the history</span></h3>
<div class="columns">
<div><h4>What they did</h4><ol class="rows">${history.map(pastRow)}</ol>${
    more > 0 ? html`<p class="aside">and ${more} earlier</p>` : ""
  }</div>
<div><h4>What they are shown</h4><ol class="rows">${rows.map(shownRow)}</ol>${
    rows.length === 0 ? html`<p class="aside">Nothing may be shown to them.</p>` : ""
  }</div>
</div></article>`;
}

function pastRow({ title, category, deeds, day }: PastRow): Html {
  return html`<li><span class="title">${title}</span><span class="aside">${joined([category, deeds.join(", "), day])}</span></li>`;
}

function shownRow({ title, category, price, source, because }: ShownRow): Html {
  const reasons = because.map((reason) => `${reason.title} (${percent(reason.share)})`);
  const why = reasons.length > 0 ? `owed to ${reasons.join(", ")}` : (sourceWords[source] ?? source);
  return html`<li><span class="title">${title}</span><span class="aside">${joined([category, price?.toFixed(2)])}</span>
<span class="why">${why}</span></li>`;
}

function joined(parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== "").join(" · ");
}
