import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { build, defineConfig, type HtmlTagDescriptor, type Plugin } from "vite";
import { trendingQuery } from "./src/shop/questions.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
/** What every home page shows: a browser asks for it as soon as it has read so far. As the typed client asks. */
const trendingAddress = `/trending?${new URLSearchParams({ numResults: String(trendingQuery.numResults) })}`;
const alias = { "aisle/client": here("../src/client.ts") };

/**
 * What a browser is to begin with before it has read the page's scripts. The script that asks for the first rows is a
 * file of its own without imports, since whatever it had to wait for would be one more way to the server and back.
 */
function beginnings(): Plugin {
  return {
    name: "beginnings",
    apply: "build",
    async buildStart() {
      this.emitFile({ type: "asset", name: "early.js", source: await buildEarlyScript() });
      const license = await readFile(
        new URL(import.meta.resolve("@fontsource-variable/bricolage-grotesque/LICENSE")),
        "utf8",
      );
      this.emitFile({ type: "asset", fileName: "typeface-license.txt", source: license });
    },
    transformIndexHtml: {
      order: "post",
      handler(_, { bundle = {}, path }) {
        const named = (pattern: RegExp): string => {
          const file = Object.keys(bundle).find((name) => pattern.test(name));
          if (file === undefined) throw new Error(`nothing in the bundle is called ${pattern}`);
          return `/${file}`;
        };
        const font = { rel: "preload", as: "font", type: "font/woff2", crossorigin: "" };
        const tags: HtmlTagDescriptor[] = [
          {
            tag: "link",
            attrs: { ...font, href: named(/latin-wght-normal-[\w-]+\.woff2$/) },
            injectTo: "head",
          },
        ];
        if (path.endsWith("index.html")) {
          const early = { src: named(/\bearly-[\w-]+\.js$/), async: true };
          const rows = { rel: "preload", as: "fetch", crossorigin: "anonymous", href: trendingAddress };
          tags.push({ tag: "link", attrs: rows, injectTo: "head" });
          tags.push({ tag: "script", attrs: early, injectTo: "head" });
        }
        return tags;
      },
    },
  };
}

async function buildEarlyScript(): Promise<string> {
  const rolldownOptions = { input: here("src/shop/early.ts"), output: { format: "iife" as const } };
  const built = await build({
    ...{ configFile: false, logLevel: "silent", resolve: { alias } },
    build: { write: false, rolldownOptions },
  });
  const { output } = built as { output: readonly { type: string; code?: string }[] };
  const code = output.find(({ type }) => type === "chunk")?.code;
  if (code === undefined) throw new Error("the early script has not become a chunk");
  return code;
}

/** Three pages in one build: the shop, one's own shop, the merchant's. */
export default defineConfig({
  root: here("."),
  plugins: [react(), beginnings()],
  resolve: { alias },
  build: {
    outDir: here("../dist/web"),
    emptyOutDir: true,
    license: { fileName: "licenses.md" },
    // The polyfill would be for browsers that have no modules' preloading; none of those has what the styles need.
    modulePreload: { polyfill: false },
    // A data: address in a style is one more source for the policy to allow.
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: { index: here("index.html"), start: here("start.html"), merchant: here("merchant.html") },
    },
  },
});
