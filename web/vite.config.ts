import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { build, defineConfig, type Plugin } from "vite";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/**
 * The script that asks for the first rows while the browser still reads the page: one file of its own without
 * imports, since whatever it had to wait for would be one more way to the server and back.
 */
function earlyScript(): Plugin {
  return {
    name: "early-script",
    apply: "build",
    async buildStart() {
      const rolldownOptions = { input: here("src/shop/early.ts"), output: { format: "iife" as const } };
      const built = await build({ configFile: false, logLevel: "silent", build: { write: false, rolldownOptions } });
      const { output } = built as { output: readonly { type: string; code?: string }[] };
      const code = output.find(({ type }) => type === "chunk")?.code;
      if (code === undefined) throw new Error("the early script has not become a chunk");
      this.emitFile({ type: "asset", name: "early.js", source: code });
    },
    transformIndexHtml: {
      order: "post",
      handler(html, { bundle, path }) {
        if (!path.endsWith("index.html")) return html;
        const file = Object.keys(bundle ?? {}).find((name) => /\bearly-[\w-]+\.js$/.test(name));
        if (file === undefined) throw new Error("the early script is not in the bundle");
        return [{ tag: "script", attrs: { src: `/${file}` }, injectTo: "head-prepend" }];
      },
    },
  };
}

/** Three pages in one build: the shop, one's own shop, the merchant's. */
export default defineConfig({
  root: here("."),
  plugins: [react(), earlyScript()],
  resolve: { alias: { "aisle/client": here("../src/client.ts") } },
  build: {
    outDir: here("../dist/web"),
    emptyOutDir: true,
    // The polyfill would be for browsers that have no modules' preloading; none of those has what the styles need.
    modulePreload: { polyfill: false },
    // A data: address in a style is one more source for the policy to allow.
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: { index: here("index.html"), start: here("start.html"), merchant: here("merchant.html") },
    },
  },
});
