import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { type Content, Html, html } from "./html.ts";

/** Plots are drawn into this document, which is no browser's. */
const { document } = parseHTML("<!doctype html><html><body></body></html>");

/** What a plot is drawn for: the whole column of a large screen or sheet, half of it, or a telephone. */
export interface Size {
  /** CSS pixels */
  readonly width: number;
  readonly isNarrow: boolean;
}

const whole: Size = { width: 880, isNarrow: false };
const half: Size = { width: 420, isNarrow: false };
const third: Size = { width: 280, isNarrow: false };
const narrow: Size = { width: 340, isNarrow: true };

export interface Table {
  readonly caption: string;
  readonly heads: readonly string[];
  /** cells are words and not figures: they begin at the left */
  readonly isText?: boolean;
  /** the first cell names the row */
  readonly rows: readonly (readonly Content[])[];
}

export interface FigureParts {
  readonly title: string;
  /** how to read it */
  readonly note?: Content;
  readonly legend?: Content;
  /** what it shows, in a sentence or two, for those who cannot see it */
  readonly label: string;
  /** the plots that make it up, side by side where there are several, each for the size that it is drawn at */
  readonly plots: readonly ((size: Size) => Plot.PlotOptions)[];
  /** plots of the same kind, however many: of a third of the column where that fills the rows, else of half of it */
  readonly isSmall?: boolean;
  /** the same as figures; absent where a table beside says it already */
  readonly table?: Table;
}

/** A figure of plots as SVG, its text alternative, and its data as a table that opens. */
export function figure({ title, note, legend, label, plots, isSmall, table }: FigureParts): Html {
  const isThird = isSmall && plots.length % 3 === 0;
  const drawn =
    plots.length === 1 && !isSmall
      ? html`<div class="wide">${draw(plots[0], whole, label)}</div>
<div class="narrow">${draw(plots[0], narrow, label)}</div>`
      : html`<div class="${isThird ? "thirds" : "halves"}">${plots.map((plot, at) =>
          draw(plot, isThird ? third : half, at === 0 ? label : ""),
        )}</div>`;
  return html`<figure>
<figcaption><h3>${title}</h3>${note === undefined ? "" : html`<p>${note}</p>`}</figcaption>
${legend}${drawn}
${table && html`<details><summary>As a table</summary>${tableOf(table)}</details>`}
</figure>
`;
}

/** Rows under their heads; what is wider than the page scrolls on its own. */
export function tableOf({ caption, heads, rows, isText }: Table): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table${isText ? new Html(' class="text"') : ""}>
<caption>${caption}</caption>
<thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>${rows.map(
    ([first, ...others]) =>
      html`<tr><th scope="row">${first}</th>${others.map((cell) => html`<td>${cell}</td>`)}</tr>
`,
  )}</tbody></table></div>`;
}

/** What colours mean, in front of the plots that use them. */
export function legendOf(entries: readonly (readonly [colour: string, words: string])[]): Html {
  return html`<ul class="legend">${entries.map(
    ([colour, words]) => html`<li><span class="swatch" style="background:${colour}"></span>${words}</li>`,
  )}</ul>`;
}

/** What is asked of an element here: this program is checked without a browser's types. */
interface Drawn {
  querySelector(selector: string): { remove(): void } | null;
  querySelectorAll(selector: string): Iterable<{ removeAttribute(name: string): void }>;
  readonly outerHTML: string;
}

/** One plot as SVG. Its text is escaped by the document; its colours are the page's own properties. */
function draw(plot: FigureParts["plots"][number], size: Size, label: string): Html {
  const svg = Plot.plot({
    width: size.width,
    ...plot(size),
    document: document as unknown as NonNullable<Plot.PlotOptions["document"]>,
    className: "plot",
    figure: false,
  }) as unknown as Drawn;
  svg.querySelector("style")?.remove();
  // The label says what is seen; the names of its parts would only be read out in between.
  for (const part of svg.querySelectorAll("[aria-label], [aria-description], [aria-hidden]")) {
    for (const name of ["aria-label", "aria-description", "aria-hidden"]) part.removeAttribute(name);
  }
  // The document escapes texts, but in attributes only quotes: the page's own template does all of it.
  const named = label === "" ? html`<svg aria-hidden="true" ` : html`<svg role="img" aria-label="${label}" `;
  return new Html(svg.outerHTML.replace(/^<svg /, () => named.text));
}
