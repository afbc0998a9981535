// node .ci/aws/other-origin.ts API PORT: a page of another origin asks the API in a real browser. Its origin,
// http://127.0.0.1:PORT, is allowed; http://localhost:PORT, the same page under another name, is not.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { chromium, type Page } from "playwright-core";

const [api, port] = process.argv.slice(2);

interface Seen {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** What the page's own script sees: the answer, or the browser's refusal to show it. */
function ask(page: Page, path: string, body?: unknown): Promise<Seen | string> {
  return page.evaluate(
    async ([url, json]) => {
      const post = { method: "POST", headers: { "content-type": "application/json" }, body: json! };
      try {
        const answer = await fetch(url!, json === undefined ? {} : post);
        return { status: answer.status, body: await answer.json() };
      } catch (error) {
        return String(error);
      }
    },
    [`${api}${path}`, body === undefined ? undefined : JSON.stringify(body)],
  );
}

const server = createServer((_, answer) => {
  answer.setHeader("content-type", "text/html").end("<!doctype html><title>a shop</title>");
});
await new Promise<void>((listening) => server.listen(Number(port), "127.0.0.1", listening));
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
});
try {
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${port}/`);
  const popular = (await ask(page, "/recommendations?numResults=3")) as Seen;
  assert.equal(popular.status, 200, JSON.stringify(popular));
  assert.equal((popular.body.items as unknown[]).length, 3);
  // JSON is not what a form could send, so the browser asks first.
  const session = (await ask(page, "/recommendations", { recent: ["1"], numResults: 3 })) as Seen;
  assert.equal(session.status, 200, JSON.stringify(session));
  const refused = (await ask(page, "/recommendations?numResults=0")) as Seen;
  assert.deepEqual([refused.status, refused.body.status], [400, 400], "an error that the page can read");
  const unknown = (await ask(page, "/nowhere")) as Seen;
  assert.equal(unknown.status, 404, JSON.stringify(unknown));

  await page.goto(`http://localhost:${port}/`);
  for (const body of [undefined, { recent: ["1"] }]) {
    assert.match(String(await ask(page, "/recommendations", body)), /Failed to fetch/, "another origin");
  }
} finally {
  await browser.close();
  server.close();
}
console.log("pages of the allowed origin are answered, errors too; others see nothing");
