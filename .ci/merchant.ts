// node .ci/merchant.ts URL [FOLDER]: the merchant's page in a real browser, from its first sentence to a rule undone.
import axe from "axe-core";
import { type Browser, chromium, type Page } from "playwright-core";

const [address, pictures] = process.argv.slice(2);
const base = new URL(address).origin;
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: [
    ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"],
    ...["--disable-background-networking", "--disable-component-update"],
  ],
});
/** What the console, axe and the width of pages had to say. */
const complaints: string[] = [];

function assert(holds: unknown, message: string): asserts holds {
  if (!holds) throw new Error(message);
}

async function openPage(from: Browser, width: number, scheme: "light" | "dark"): Promise<Page> {
  const context = await from.newContext({ viewport: { width, height: 900 }, colorScheme: scheme });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  page.on("console", (message) => {
    // What the browser itself says of an answer that the page expects, such as a report that is not there yet.
    const isExpected = /status of (401|404|409|412)/.test(message.text());
    if (message.type() === "error" && !isExpected) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto(address);
  await page.getByTestId("sentence").waitFor();
  return page;
}

async function checkAccess(page: Page, where: string): Promise<void> {
  await page.evaluate(axe.source);
  const found = await page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run();
    return violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`,
    );
  });
  for (const each of found) complaints.push(`${where}: axe says ${each}`);
  const isWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  if (isWide) complaints.push(`${where}: it scrolls sideways`);
}

async function liveModel(): Promise<string> {
  return ((await (await fetch(`${base}/model`)).json()) as { version: string }).version;
}

async function firstItem(): Promise<{ itemId: string; source: string }> {
  const response = await fetch(`${base}/recommendations?numResults=12`);
  return ((await response.json()) as { items: { itemId: string; source: string }[] }).items[0];
}

const go = (page: Page, name: string) => page.getByRole("navigation").getByRole("link", { name }).click();

async function look(): Promise<void> {
  for (const [width, scheme] of [
    [1440, "light"],
    [1440, "dark"],
    [360, "light"],
    [360, "dark"],
  ] as const) {
    const page = await openPage(browser, width, scheme);
    assert(!page.url().includes("key="), "the key is still in the address");
    for (const name of ["Overview", "Models", "Rules", "Performance", "Report"]) {
      await go(page, name);
      await page.waitForLoadState("networkidle");
      await page.locator("main:not(:has([aria-busy=true]))").waitFor();
      await checkAccess(page, `${name}, ${width} px, ${scheme}`);
      const path = `${pictures}/merchant-${name.toLowerCase()}-${width}-${scheme}.png`;
      if (pictures) await page.screenshot({ path, fullPage: true });
    }
    await page.context().close();
  }
  console.log(
    `five pages, light and dark, 360 and 1440 px: axe and the width complain ${complaints.length} times`,
  );
}

async function sentence(page: Page): Promise<void> {
  const text = (await page.getByTestId("sentence").textContent()).replace(/\s+/g, " ");
  assert(
    /model (finds .* what|beats|is worse than|cannot be told from) bestsellers/.test(text),
    `the sentence says: ${text}`,
  );
  assert(/(Nothing|things?) to do\.$/.test(text), `the sentence ends: ${text}`);
  console.log(text);
}

/** Back to the model before, whatever it is, and forward again. */
async function moveModels(page: Page): Promise<void> {
  const live = await liveModel();
  await go(page, "Models");
  await page
    .getByRole("button", { name: /^Go back to it/ })
    .first()
    .click();
  await page.getByRole("dialog").getByLabel(/^Why/).fill("a look at what was before");
  await page.getByRole("dialog").getByRole("button", { name: "Go back" }).click();
  await page.getByText(/Went back: model .* is live/).waitFor();
  const before = await liveModel();
  assert(before !== live, "going back changed nothing");
  await page.getByRole("button", { name: new RegExp(`^Make it live.*${live}`) }).click();
  await page.getByText("The checks let it through").waitFor();
  if (pictures) await page.screenshot({ path: `${pictures}/merchant-promote.png` });
  await page.getByRole("dialog").getByLabel(/^Why/).fill("it was better");
  await page.getByRole("dialog").getByRole("button", { name: "Make it live" }).click();
  await page.getByText(`Model ${live} is live.`).waitFor();
  assert((await liveModel()) === live, "promoting changed nothing");
  await page.getByText("“it was better”").waitFor();
  console.log(`went back from ${live} to ${before}, and forward through the gate`);
}

async function changeRules(page: Page): Promise<void> {
  const before = await firstItem();
  await go(page, "Rules");
  const tiles = page.locator(".board .tile");
  await tiles.nth(5).waitFor();
  const title = await tiles.nth(5).locator(".tile-title").textContent();
  // By mouse to the second place, by keyboard one further up.
  await tiles.nth(5).locator(".handle").dragTo(tiles.nth(1).locator(".handle"));
  await tiles.nth(1).and(page.locator(".pinned")).waitFor();
  assert((await tiles.nth(1).locator(".tile-title").textContent()) === title, "it was dropped elsewhere");
  await tiles.nth(1).locator(".handle").press("ArrowLeft");
  await tiles.nth(0).and(page.locator(".pinned")).waitFor();
  await page.getByRole("button", { name: "Add a promotion" }).click();
  await page.getByText(/products? of those on sale/).waitFor();
  await checkAccess(page, "a draft");
  if (pictures) await page.screenshot({ path: `${pictures}/merchant-draft.png`, fullPage: true });
  assert((await firstItem()).source !== "pinned", "a draft is live before it is saved");
  await page.getByRole("button", { name: "Save…" }).click();
  await page.getByRole("dialog").getByTestId("cost").waitFor();
  await checkAccess(page, "saving");
  if (pictures) await page.screenshot({ path: `${pictures}/merchant-save.png` });
  await page.getByRole("dialog").getByLabel("Why?").fill("a product of the week");
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved: these rules are live.").waitFor();
  assert((await firstItem()).source === "pinned", "a saved pin is not live");
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByText("Undone: the rules before are live again.").waitFor();
  assert((await firstItem()).itemId === before.itemId, "undoing did not bring back what was there");
  console.log(`pinned “${title}” by mouse and keyboard, saved it with its cost, and undid it`);
}

/** Two merchants, one shop: the second is told who was first, and keeps the draft. */
async function twoTabs(): Promise<void> {
  const [one, other] = await Promise.all([
    openPage(browser, 1440, "light"),
    openPage(browser, 1440, "light"),
  ]);
  for (const page of [one, other]) {
    await go(page, "Rules");
    await page.locator(".board .tile").nth(3).waitFor();
  }
  const pin = async (page: Page, at: number, why: string) => {
    await page.locator(".board .tile").nth(at).locator(".handle").press("Enter");
    await page.getByRole("button", { name: "Save…" }).click();
    await page.getByRole("dialog").getByLabel("Why?").fill(why);
    await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  };
  await pin(one, 2, "the first to save");
  await one.getByText("Saved: these rules are live.").waitFor();
  await pin(other, 3, "the second to save");
  const note = other.getByTestId("conflict");
  await note.getByText("“the first to save”").waitFor();
  await checkAccess(other, "a conflict");
  if (pictures) await other.screenshot({ path: `${pictures}/merchant-conflict.png` });
  await note.getByRole("button", { name: /^Save mine/ }).click();
  await other.getByRole("dialog").getByLabel("Why?").fill("both of us agreed");
  await other.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await other.getByText("Saved: these rules are live.").waitFor();
  await other.getByText("“both of us agreed”").waitFor();
  for (const page of [one, other]) await page.context().close();
  console.log("two tabs: the second heard of the first, and nothing was lost");
}

async function withoutKey(): Promise<void> {
  const page = await browser.newPage();
  await page.goto(`${base}/merchant`);
  await page.getByRole("heading", { name: "For the merchant" }).waitFor();
  await checkAccess(page, "without a key");
  if (pictures) await page.screenshot({ path: `${pictures}/merchant-sign-in.png` });
  await page.getByLabel("Key").fill("a guess");
  await page.getByRole("button", { name: "Open" }).click();
  await page.getByText(/key is unknown/).waitFor();
  await page.close();
  console.log("without the key nobody gets in");
}

try {
  const page = await openPage(browser, 1440, "light");
  await sentence(page);
  await moveModels(page);
  await changeRules(page);
  await page.context().close();
  await twoTabs();
  // Last, so that there is something to see: a history, rules, who saved them.
  await look();
  await withoutKey();
  assert(complaints.length === 0, `there are ${complaints.length} complaints`);
} finally {
  for (const complaint of complaints) console.error(`! ${complaint}`);
  await browser.close();
}
