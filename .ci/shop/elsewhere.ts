// node .ci/shop/elsewhere.ts FOLDER PORT: the storefront's files on an origin of their own, as a static host hands them
// out. To the API their visitors are strangers; the shelf follows them all the same.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { expect, expectSilence, heading, home, mainRow, openBrowser, settled, visit } from "./browser.ts";

const [folder, port] = process.argv.slice(2);
const types: Record<string, string> = {
  ...{ ".html": "text/html", ".js": "text/javascript", ".css": "text/css" },
  ...{ ".svg": "image/svg+xml", ".woff2": "font/woff2" },
};

const host = createServer(async (request, response) => {
  const { pathname } = new URL(request.url ?? "/", "http://host");
  const path = /^\/(product|category|order)\/[^/]+$|^\/(search|checkout)?$/.test(pathname)
    ? "/index.html"
    : pathname;
  const bytes = await readFile(join(folder, normalize(path))).catch(() => undefined);
  response.writeHead(bytes ? 200 : 404, { "Content-Type": types[extname(path)] ?? "text/plain" }).end(bytes);
});
await new Promise<void>((resolve) => host.listen(Number(port), "127.0.0.1", resolve));
const url = `http://127.0.0.1:${port}`;
const browser = await openBrowser();
try {
  const visitor = await visit(browser);
  const { page } = visitor;
  await home(url, visitor);
  const before = await mainRow(page);
  expect((await heading(visitor)) === "Trending products", `a stranger sees "${await heading(visitor)}"`);
  expect(
    ((await page.locator(".price").first().textContent()) ?? "").includes("€"),
    "prices are in no euros",
  );
  await page.locator(".main-row .card-link").nth(2).click();
  await page.locator(".main-row h1", { hasText: "For you, because of" }).waitFor();
  await settled(page);
  expect((await mainRow(page)).join() !== before.join(), "the shelf has not followed the click");
  await page.reload();
  await settled(page);
  expect(/^For you/.test(await heading(visitor)), "a reload forgot what was clicked");
  // What strangers may not do, which the page goes on without.
  expectSilence(visitor, /status of 401/);
  console.log(`on an origin of its own: "${await heading(visitor)}"`);
} finally {
  await browser.close();
  host.close();
}
