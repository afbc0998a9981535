/** Markup that stands as it is. Whatever else is put into `html` is text, and escaped. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}

export type Content = Html | string | number | undefined | readonly Content[];

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Characters that no page may hold, but tab and line feed: data is not always clean. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const unprintable = /[\0-\x08\x0b-\x1f\x7f]/g;

/** Text as it may be drawn: what cannot be printed is shown as such. */
export function printable(text: string): string {
  return text.replace(unprintable, "\ufffd");
}

function markupOf(content: Content): string {
  if (content === undefined) return "";
  if (content instanceof Html) return content.text;
  if (Array.isArray(content)) return content.map(markupOf).join("");
  return printable(String(content)).replace(/[&<>"']/g, (character) => escapes[character]);
}

/** A template whose values are escaped unless they are markup themselves; attributes need their quotes. */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Html {
  return new Html(strings.reduce((text, next, at) => text + markupOf(values[at - 1]) + next));
}
