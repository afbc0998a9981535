// node .ci/shop/journeys.ts URL: the storefront in a real browser, as its visitors go through it.
import type { Browser } from "playwright-core";
import {
  checkAccess,
  expect,
  expectSilence,
  layoutShift,
  mainRow,
  openBrowser,
  settled,
  type Visitor,
  visit,
} from "./browser.ts";

const [url, only] = process.argv.slice(2);

interface SentEvent {
  readonly eventType: string;
  readonly itemId: string;
  readonly recommendationId?: string;
  readonly properties?: { readonly position?: number };
}

/** The events that a page posts, as they leave it. */
function watchEvents({ page }: Visitor): SentEvent[] {
  const events: SentEvent[] = [];
  page.on("request", (request) => {
    if (request.method() !== "POST" || !request.url().endsWith("/events")) return;
    events.push(...(request.postDataJSON() as { eventList: SentEvent[] }).eventList);
  });
  return events;
}

async function home(visitor: Visitor, query = ""): Promise<void> {
  await visitor.page.goto(`${url}/${query}`);
  await settled(visitor.page);
}

const heading = ({ page }: Visitor) => page.locator(".main-row h1").innerText();

const journeys: Record<string, (browser: Browser) => Promise<void>> = {
  async "a new visitor becomes a shopper with a history by clicking"(browser) {
    const visitor = await visit(browser);
    const events = watchEvents(visitor);
    await home(visitor);
    const { page } = visitor;
    expect((await heading(visitor)) === "Trending products", `a newcomer sees "${await heading(visitor)}"`);
    const rows = [await mainRow(page)];
    for (const click of [1, 2, 3]) {
      await page.locator(`.main-row li:nth-child(${click + 1}) .card-link`).click();
      await page.locator(".peek h2").waitFor();
      await page.waitForFunction(
        ([before]) =>
          Array.from(document.querySelectorAll(".main-row .card-title"), (each) => each.textContent).join() !== before,
        [rows.at(-1)!.join()],
      );
      await settled(page);
      rows.push(await mainRow(page));
    }
    expect(/^For you, because of .+/s.test(await heading(visitor)), `the row is called "${await heading(visitor)}"`);
    const facts = await page.locator(".facts").innerText();
    const known = /^[\d.]+ ms · exact over [\d,]+ products · no request left this machine$/;
    expect(known.test(facts), `the line of facts says "${facts}"`);
    expect(events.length === 3 && events.every(({ eventType }) => eventType === "View"), "three views are told");
    expect(
      events.every(({ recommendationId, properties }, at) => recommendationId && properties?.position === at + 2),
      `every click says which answer it followed, and where: ${JSON.stringify(events)}`,
    );
    await page.keyboard.press("Escape");
    await page.locator(".peek").waitFor({ state: "detached" });
    await page.reload();
    await settled(page);
    expect(/^For you/.test(await heading(visitor)), "a reload forgets nothing");
    expectSilence(visitor);
  },

  async "a persona is chosen without a reload, and the address carries it"(browser) {
    const visitor = await visit(browser);
    const { page } = visitor;
    await home(visitor);
    const before = await mainRow(page);
    await page.evaluate(() => Object.assign(globalThis, { isSamePage: true }));
    await page.locator(".shopper-button").click();
    const card = page.locator(".shopper-cards .shopper-card").first();
    await card.locator(".last-events span", { hasText: /\w/ }).first().waitFor();
    await checkAccess(page, "the shopper switch");
    await card.click();
    await page.getByRole("heading", { name: "Inspired by your shopping trends" }).waitFor();
    await settled(page);
    const shopper = new URL(page.url()).searchParams.get("shopper");
    expect(shopper !== null, `the address says nobody: ${page.url()}`);
    expect((await mainRow(page)).join() !== before.join(), "a shopper sees what a newcomer sees");
    expect(await page.evaluate(() => "isSamePage" in globalThis), "the page was loaded anew");
    await page.goBack();
    await page.getByRole("heading", { name: "Trending products" }).first().waitFor();
    await page.goto(`${url}/?shopper=42`);
    await settled(page);
    expect((await heading(visitor)) === "Inspired by your shopping trends", "an address with a shopper is theirs");
    await noItemTwice(visitor);
    const kept = await page.evaluate(() => Object.keys(localStorage).sort());
    const allowed = ["aisle.carts", "aisle.popular", "aisle.shopper"];
    expect(
      kept.every((key) => allowed.includes(key)),
      `localStorage holds ${kept}`,
    );
    expectSilence(visitor);
  },

  async "a purchase goes from the shelf to an order, each step told"(browser) {
    const visitor = await visit(browser);
    const events = watchEvents(visitor);
    const { page } = visitor;
    await home(visitor, "?shopper=7");
    await page.locator(".main-row li:nth-child(3) .card-add").click();
    await page.locator(".main-row li:nth-child(1) .card-link").click();
    await page.locator(".peek .add-to-cart").click();
    await page.locator(".cart-panel .cart-line").nth(1).waitFor();
    await page.locator(".suggested li").first().waitFor();
    await checkAccess(page, "the cart");
    await page.getByRole("link", { name: "Check out" }).click();
    await page.getByRole("heading", { name: "Checkout" }).waitFor();
    await checkAccess(page, "the checkout");
    await page.getByRole("button", { name: "Place the order" }).click();
    await page.getByRole("heading", { name: "Thank you, that is ordered" }).waitFor();
    await page.locator(".shelf .card:not(.place)").first().waitFor();
    await checkAccess(page, "the order");
    const types = events.map(({ eventType }) => eventType);
    const expected = "AddToCart View AddToCart ViewCart ViewCart StartCheckout StartCheckout Purchase Purchase";
    expect(types.join(" ") === expected, `told was ${types.join(" ")}`);
    const bought = events.filter(({ eventType }) => eventType === "Purchase");
    expect(bought[0].recommendationId !== undefined && bought[0].properties?.position === 3, "the order forgot its row");
    expect((await page.locator(".cart-count").innerText()) === "0", "the cart is empty after an order");
    expectSilence(visitor);
  },

  async "two tabs share a cart, and each has its shopper"(browser) {
    const visitor = await visit(browser);
    await home(visitor, "?shopper=9");
    const other = await visitor.page.context().newPage();
    await other.goto(`${url}/?shopper=9`);
    await settled(other);
    await other.locator(".main-row .card-add").first().click();
    await visitor.page.locator(".cart-count", { hasText: "1" }).waitFor();
    await other.goto(`${url}/?shopper=10`);
    await settled(other);
    expect((await other.locator(".cart-count").innerText()) === "0", "a cart is its shopper's");
    expect(new URL(visitor.page.url()).searchParams.get("shopper") === "9", "a tab changed another's shopper");
    expectSilence(visitor);
  },

  async "one key shows two shoppers in the same shop"(browser) {
    const visitor = await visit(browser);
    const { page } = visitor;
    await home(visitor, "?shopper=42");
    await page.keyboard.press("s");
    await page.locator(".window").nth(1).locator(".card:not(.place)").first().waitFor();
    await settled(page);
    const titles = await page.locator(".main-row h1").allInnerTexts();
    expect(titles[0] !== titles[1] && titles[1] === "Trending products", `two windows say ${titles}`);
    await checkAccess(page, "two shoppers");
    await page.locator(".window").nth(1).locator(".main-row .card-link").first().click();
    await page.locator(".window").nth(1).locator("h1.product-title").waitFor();
    expect((await page.locator(".window").first().locator(".main-row").count()) === 1, "the left window walked along");
    await page.keyboard.press("s");
    await page.locator(".window").nth(1).waitFor({ state: "detached" });
    expectSilence(visitor);
  },

  async "a phone shows all of it, and its back button leads back"(browser) {
    const visitor = await visit(browser, { width: 360, height: 740 });
    const { page } = visitor;
    await home(visitor);
    const before = await mainRow(page);
    await page.locator(".main-row .card-link").nth(1).click();
    await page.locator("h1.product-title").waitFor();
    await settled(page);
    await checkAccess(page, "a product on a phone");
    await page.reload();
    await page.locator("h1.product-title").waitFor();
    await settled(page);
    await page.goBack();
    await page.locator(".main-row .card:not(.place)").first().waitFor();
    await page.waitForFunction(
      ([was]) =>
        Array.from(document.querySelectorAll(".main-row .card-title"), (each) => each.textContent).join() !== was,
      [before.join()],
    );
    await page.goForward();
    await page.locator("h1.product-title").waitFor();
    for (const path of ["/", "/category/lighting", "/search?q=lamp", "/checkout", "/nowhere/else"]) {
      if (path !== "/nowhere/else") await page.goto(url + path);
      await page.waitForLoadState("networkidle");
      const scrolls = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
      expect(!scrolls, `${path} scrolls sideways at 360 px`);
    }
    expectSilence(visitor);
  },

  async "a department is narrowed, and going back takes the filters away"(browser) {
    const visitor = await visit(browser);
    const { page } = visitor;
    await home(visitor, "?shopper=42");
    await page.locator(".departments a").nth(1).click();
    await settled(page);
    const count = () => page.locator(".cards.wall .card:not(.place)").count();
    const all = await count();
    await page.locator(".facet").nth(1).locator(".chip").first().click();
    await page.waitForFunction((was) => document.querySelectorAll(".cards.wall .card").length < was, all);
    const narrowed = await count();
    await page.locator(".facet").first().locator(".chip").first().click();
    await page.waitForFunction((was) => document.querySelectorAll(".cards.wall .card").length < was, narrowed);
    await checkAccess(page, "a department");
    await page.reload();
    await settled(page);
    expect((await count()) < narrowed, "a reload forgot the filters");
    await page.goto(`${page.url()}&style=none-such`.replace(/style=[^&]+&/, ""));
    await page.getByText("Nothing fits all of that").waitFor();
    await page.getByRole("button", { name: "Clear all filters" }).click();
    await page.waitForFunction((was) => document.querySelectorAll(".cards.wall .card").length === was, all);
    await page.goBack();
    await page.getByText("Nothing fits all of that").waitFor();
    expectSilence(visitor);
  },

  async "the search finds with a slip of the finger"(browser) {
    const visitor = await visit(browser);
    const { page } = visitor;
    await home(visitor);
    await page.keyboard.press("/");
    await page.keyboard.type("pendnt lam");
    await page.locator(".suggestions li", { hasText: "Pendant Lamp" }).first().waitFor();
    await checkAccess(page, "the search box");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "pendnt lam" }).waitFor();
    await settled(page);
    await checkAccess(page, "the search page");
    await page.keyboard.press("/");
    await page.keyboard.type("x");
    await page.keyboard.press("Control+A");
    await page.keyboard.type("qqqqqqqq");
    await page.keyboard.press("Enter");
    await page.getByText("Nothing is called that").waitFor();
    expectSilence(visitor);
  },

  async "without a connection the last popular list stays"(browser) {
    const visitor = await visit(browser);
    const { page } = visitor;
    await home(visitor);
    await page.route(/\/(recommendations|trending|popular|items|because|health|categories)/, (route) => route.abort());
    await page.goto(`${url}/`);
    await page.getByText("The shop cannot be reached", { exact: true }).waitFor();
    await page.getByRole("heading", { name: "Popular when you were last here" }).waitFor();
    expect((await page.locator(".card:not(.place)").count()) >= 4, "the last popular list has fewer than four");
    await checkAccess(page, "the shop without a connection");
    await page.unroute(/\/(recommendations|trending|popular|items|because|health|categories)/);
    await page.getByRole("button", { name: "Try again" }).click();
    await settled(page);
    await page.getByRole("heading", { name: "Trending products" }).waitFor();
    expectSilence(visitor, /Failed to load resource/);
  },

  async "an error is said in words, with another try"(browser) {
    const visitor = await visit(browser);
    const { page } = visitor;
    const problem = { type: "about:blank", title: "Broken", status: 500, detail: "Something broke inside." };
    await page.route("**/trending*", (route) => route.fulfill({ status: 500, json: problem }));
    await page.goto(`${url}/`);
    await page.getByText("Something broke inside.").waitFor();
    await page.unroute("**/trending*");
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("heading", { name: "Trending products" }).waitFor();
    await page.goto(`${url}/product/none-such`);
    await page.getByText("This is not on sale").waitFor();
    expectSilence(visitor, /Failed to load resource/);
  },

  async "text from the catalogue never becomes markup, and pictures that are missing become type"(browser) {
    const visitor = await visit(browser);
    const { page } = visitor;
    const hostile = `<img src=x onerror="document.title='taken'"><script>document.title='taken'</script>`;
    const long = "An armchair ".repeat(30);
    await page.route(/\/(trending|recommendations|items\/[^/?]+)(\?|$)/, async (route) => {
      const response = await route.fetch();
      const body = (await response.json()) as Record<string, unknown> & { items?: { item?: object }[] };
      if (body.title !== undefined) body.title = hostile;
      body.items?.forEach((row, at) => {
        const title = at % 2 === 0 ? hostile : long;
        Object.assign(row.item ?? {}, { title, category: hostile, image: at % 3 === 0 ? "javascript:alert(1)" : "/none.png" });
      });
      await route.fulfill({ response, json: body });
    });
    await page.goto(`${url}/`);
    await settled(page);
    await page.locator(".main-row .plate").nth(11).waitFor();
    expect((await mainRow(page))[0] === hostile, "the title is not shown as it is");
    await page.locator(".main-row .card-link").first().click();
    await page.locator(".peek h2", { hasText: "<img src=x" }).waitFor();
    expect((await page.title()) !== "taken", "a title became markup");
    expect((await page.locator("main img[src='x'], .peek img[src='x']").count()) === 0, "a title became an element");
    const scrolls = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    expect(!scrolls, "long titles push the page aside");
    expectSilence(visitor, /Failed to load resource/);
  },

  async "nothing jumps while a slow server answers, and the first rows wait for no script"(browser) {
    const visitor = await visit(browser);
    const { page } = visitor;
    let answered = 0;
    await page.route(/\/(trending|recommendations|popular|items|categories|because)/, async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 250 * (answered++ % 4)));
      await route.continue();
    });
    for (const query of ["", "?shopper=42"]) {
      await home(visitor, query);
      const shift = await layoutShift(page);
      expect(shift < 0.01, `the layout shifts by ${shift} at /${query}`);
    }
    await page.unroute(/\/(trending|recommendations|popular|items|categories|because)/);
    await checkBudgets(browser);
  },

  async "every page is clean for axe, in light and dark"(browser) {
    for (const scheme of ["light", "dark"] as const) {
      const visitor = await visit(browser, { scheme });
      const { page } = visitor;
      await home(visitor, "?shopper=42");
      await checkAccess(page, `home, ${scheme}`);
      await page.locator(".main-row .card-link").first().click();
      await page.locator(".peek h2").waitFor();
      await settled(page);
      await checkAccess(page, `a product beside, ${scheme}`);
      await page.getByRole("link", { name: "Whole page" }).click();
      await page.locator("h1.product-title").waitFor();
      await settled(page);
      await checkAccess(page, `a product, ${scheme}`);
      expectSilence(visitor);
    }
  },
};

async function noItemTwice({ page }: Visitor): Promise<void> {
  const shelves = await page.locator(".cards").evaluateAll((lists) =>
    lists.map((list) => Array.from(list.querySelectorAll("a.card-link"), (link) => link.getAttribute("href") ?? "")),
  );
  const all = shelves.flat();
  expect(new Set(all).size === all.length, "an item is on the page twice");
  expect(
    shelves.length >= 4 && shelves.every((shelf) => shelf.length >= 4),
    `shelves of ${shelves.map(({ length }) => length)}`,
  );
}

/** By the browser's own clock and count, with an empty cache. */
async function checkBudgets(browser: Browser): Promise<void> {
  const { page } = await visit(browser);
  await page.route("**/assets/*.js", async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 400));
    await route.continue();
  });
  await page.goto(`${url}/`);
  await settled(page);
  const { scripts, html, rows, asked } = await page.evaluate(() => {
    const entries = performance.getEntriesByType("resource") as PerformanceResourceTiming[];
    const first = entries.filter(({ name }) => new URL(name).pathname === "/trending");
    return {
      scripts: entries.filter(({ name }) => name.endsWith(".js")).map(({ encodedBodySize }) => encodedBodySize),
      html: (performance.getEntriesByType("navigation")[0] as PerformanceNavigationTiming).responseEnd,
      rows: first[0]?.startTime ?? Number.NaN,
      asked: first.length,
    };
  });
  const bytes = scripts.reduce((sum, size) => sum + size, 0);
  expect(bytes > 0 && bytes <= 150_000, `the home route takes ${bytes} bytes of script`);
  expect(rows - html < 200, `the first rows are asked for ${rows - html} ms after the page`);
  expect(asked === 1, `the first rows are asked for ${asked} times`);
  console.log(`${bytes} bytes of script; rows asked ${Math.round(rows - html)} ms after the page's last byte`);
}

const browser = await openBrowser();
try {
  for (const [name, journey] of Object.entries(journeys)) {
    if (only !== undefined && !name.includes(only)) continue;
    const begun = performance.now();
    await journey(browser).catch((error: Error) => {
      throw new Error(`${name}: ${error.message}`, { cause: error });
    });
    console.log(`${name}: ${((performance.now() - begun) / 1000).toFixed(1)} s`);
    await Promise.all(browser.contexts().map((context) => context.close()));
  }
} finally {
  await browser.close();
}
