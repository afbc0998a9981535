// node .ci/own-shop.ts URL [DATA] [PICTURES]: files dropped on /start become the shop, and the shop explains itself.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { eventsCsv, hostileTitle, itemsCsv } from "./own-shop-files.ts";
import { checkAccess, expect, expectSilence, openBrowser, visit } from "./shop/browser.ts";

const [url, data, pictures] = process.argv.slice(2);
const browser = await openBrowser();

/** As somebody who drags files from a folder onto the page. */
async function drop(page: Page, selector: string, files: Record<string, string | Buffer>): Promise<void> {
  const contents = Object.entries(files).map(([name, content]) => [
    name,
    Buffer.from(content).toString("base64"),
  ]);
  const transfer = await page.evaluateHandle((entries) => {
    const dropped = new DataTransfer();
    for (const [name, base64] of entries) {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      dropped.items.add(new File([bytes], name));
    }
    return dropped;
  }, contents);
  await page.dispatchEvent(selector, "drop", { dataTransfer: transfer });
}

/** Widths and schemes in which a state of the page must hold, without a fault that axe finds. */
async function look(page: Page, name: string): Promise<void> {
  for (const [width, colorScheme] of [
    [1440, "light"],
    [1440, "dark"],
    [360, "light"],
    [360, "dark"],
  ] as const) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    // Colours that pass from one scheme to the other are neither.
    await page.waitForTimeout(400);
    const isWider = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
    expect(!isWider, `${name}: the page scrolls sideways at ${width} px`);
    const about = `${name} at ${width} px, ${colorScheme}`;
    // What lies inert behind the drawer does not always change its colours with the scheme.
    if (name.startsWith("inside") && colorScheme === "dark") await checkDrawer(page, about);
    else await checkAccess(page, about);
    if (pictures)
      await page.screenshot({
        path: `${pictures}/${name}-${width}-${colorScheme}.png`,
        fullPage: !name.startsWith("inside"),
      });
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.emulateMedia({ colorScheme: "light" });
}

/** The drawer alone; the page has axe from the look before. */
async function checkDrawer(page: Page, name: string): Promise<void> {
  const found = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(where: string): Promise<{ violations: { id: string }[] }> };
    };
    return (await axe.run("dialog.inside")).violations.map(({ id }) => id);
  });
  expect(found.length === 0, `${name} is not clean for axe: ${found}`);
}

try {
  const visitor = await visit(browser);
  const { page } = visitor;
  page.on("dialog", () => visitor.complaints.push("a dialog was opened"));
  await page.goto(`${url}/start`);
  await page.getByRole("heading", { name: "What people did" }).waitFor();
  await look(page, "start");

  // Two files on the page at once; names that no reader knows have to be said.
  await drop(page, "main", { "my-events.csv": eventsCsv(), "my-items.csv": itemsCsv() });
  await page.getByText("Choose it below").waitFor();
  await page.getByText("48", { exact: true }).first().waitFor();
  await look(page, "start-columns");
  await page.getByLabel("Who did it").selectOption("who");
  await page.getByLabel("Which item").selectOption("what");
  await page.getByLabel("What was done").selectOption("did");
  await page.getByLabel("When").selectOption("when");
  await page.getByRole("button", { name: "Read it so" }).first().click();
  await page.getByLabel("“look” counts").selectOption("1");
  await page.getByRole("button", { name: "Count them so" }).click();
  await page.getByText("360", { exact: true }).waitFor();
  await look(page, "start-ready");

  const begun = Date.now();
  await page.getByRole("button", { name: "Open my shop" }).click();
  await page.getByRole("heading", { name: "Your shop is learning" }).waitFor();
  await page.getByText("Your products are in the shop already").waitFor({ timeout: 60_000 });
  const open = Date.now() - begun;
  await page.getByText(/^Who foretells best/).waitFor({ timeout: 100_000 });
  if (pictures) await page.screenshot({ path: `${pictures}/start-learning.png`, fullPage: true });
  await page.getByRole("heading", { name: "Your shop is open", exact: true }).waitFor({ timeout: 100_000 });
  const trained = Date.now() - begun;
  await look(page, "start-open");
  console.log(`own files: products after ${open} ms, the model after ${trained} ms`);
  expect(open < 60_000, "the shop's products took more than a minute");

  await page.getByRole("link", { name: "Go to my shop" }).click();
  await page
    .getByText(/^(Oak desk|Reading lamp|Wool rug|Brass vase) no\. \d+$/)
    .first()
    .waitFor();
  await page.goto(`${url}/?shopper=c5`);
  await page.getByRole("button", { name: "Why this?" }).first().waitFor();
  await page.getByRole("button", { name: "Why this?" }).first().click();
  const drawer = page.getByRole("dialog", { name: "Inside this shop" });
  await drawer.getByText("What speaks for it").waitFor();
  await look(page, "inside-why");
  expect((await page.locator("[onerror]").count()) === 0, `${hostileTitle} became markup`);
  await drawer.getByRole("tab", { name: "Side by side" }).click();
  await drawer.getByText(/products are in both|nothing in common|the same products/).waitFor();
  await drawer.getByLabel("Right").selectOption({ index: 3 });
  await drawer.getByText(/products are in both|nothing in common|the same products/).waitFor();
  await look(page, "inside-beside");
  await drawer.getByRole("tab", { name: "What happened" }).click();
  await drawer.getByText("there and back").first().waitFor();
  await look(page, "inside-happened");
  await page.keyboard.press("Escape");
  await drawer.waitFor({ state: "hidden" });
  const focused = await page.evaluate(() => document.activeElement?.textContent);
  expect(focused === "Why this?", `the focus went to "${focused}" and not back`);

  await asNewcomer();
  if (data) await ownRetail(page);
  expectSilence(visitor);
} finally {
  await browser.close();
}

/** A real shop's files: their products within a minute, and training that can be stopped. */
async function ownRetail(page: Page): Promise<void> {
  await page.goto(`${url}/start`);
  const retail = (name: string) => readFileSync(join(data, "online-retail", name));
  await page.getByRole("heading", { name: "What people did" }).waitFor();
  await drop(page, "main", { "events.csv.gz": retail("events.csv.gz"), "items.csv": retail("items.csv") });
  await page.getByText("396,337", { exact: true }).waitFor({ timeout: 60_000 });
  await page.getByText("3,659", { exact: true }).first().waitFor({ timeout: 60_000 });
  const begun = Date.now();
  await page.getByRole("button", { name: /Open my shop|Train again/ }).click();
  await page.getByText("Your products are in the shop already").waitFor({ timeout: 60_000 });
  console.log(`Online Retail: products after ${Date.now() - begun} ms`);
  const shop = await page.context().newPage();
  await shop.goto(url);
  await shop.getByText("WHITE HANGING HEART T-LIGHT HOLDER").first().waitFor();
  if (pictures) await shop.screenshot({ path: `${pictures}/retail.png` });
  await shop.close();
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await page.getByRole("heading", { name: "Stopped" }).waitFor();
  await page.getByText(/Served now: events\.csv\.gz, items\.csv/).waitFor();
}

/** One click of somebody of whom nothing was known is what the next row is explained by. */
async function asNewcomer(): Promise<void> {
  const visitor = await visit(browser);
  const { page } = visitor;
  await page.goto(url);
  await page.locator(".main-row .card-link").first().click();
  await page.getByRole("heading", { name: /^For you/ }).waitFor();
  await page.locator(".main-row").getByRole("button", { name: "Why this?" }).first().click();
  const drawer = page.getByRole("dialog", { name: "Inside this shop" });
  await drawer
    .getByText(/^(Viewed|Liked) /)
    .first()
    .waitFor();
  await drawer.getByRole("tab", { name: "What happened" }).click();
  await drawer.getByText("kept by the server").first().waitFor();
  expectSilence(visitor);
  await page.close();
}
