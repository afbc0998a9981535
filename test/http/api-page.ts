import { readFileSync } from "node:fs";

/** What docs/api.md says of a route, or of anything else under a heading. */
export interface ApiSection {
  /** the heading: `GET /items/{id}` */
  readonly title: string;
  /** the code blocks in this language */
  readonly sh: readonly string[];
  readonly js: readonly string[];
}

export function readApiPage(path: string | URL): ApiSection[] {
  const [, ...sections] = readFileSync(path, "utf8").split(/^## /m);
  return sections.map((text) => ({
    title: text.slice(0, text.indexOf("\n")),
    sh: blocks(text, "sh"),
    js: blocks(text, "js"),
  }));
}

export const isRoute = ({ title }: ApiSection): boolean => /^[A-Z]+ \//.test(title);

function blocks(text: string, language: string): string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, "gm"))].map(([, code]) => code);
}
