import {
  checkAccess,
  expect,
  expectSilence,
  heading,
  home,
  type Journeys,
  mainRow,
  movements,
  settled,
  type Visitor,
  visit,
} from "./browser.ts";

/** What shoppers do. */
export const shopping: Journeys = {
  async "a new visitor becomes a shopper with a history by clicking"(browser, url) {
    const visitor = await visit(browser, { isCalm: false });
    const events = watchEvents(visitor);
    await home(url, visitor);
    const { page } = visitor;
    expect((await heading(visitor)) === "Trending products", `a newcomer sees "${await heading(visitor)}"`);
    const rows = [await mainRow(page)];
    for (const click of [1, 2, 3]) {
      // What has left the row fades for a moment.
      await page.waitForFunction(() => document.querySelectorAll(".main-row .cards > li").length === 12);
      await page.locator(`.main-row li:nth-child(${click + 1}) .card-link`).click();
      await page.locator(".peek h2").waitFor();
      await page.waitForFunction(
        ([before]) =>
          Array.from(
            document.querySelectorAll(".main-row .card-title"),
            (each) => each.textContent,
          ).join() !== before,
        [rows.at(-1)!.join()],
      );
      await settled(page);
      rows.push(await mainRow(page));
    }
    expect(
      /^For you, because of .+/s.test(await heading(visitor)),
      `the row is called "${await heading(visitor)}"`,
    );
    const facts = (await page.locator(".facts").textContent()) ?? "";
    const known = /^[\d.]+ ms · exact over [\d,]+ products · no request left this machine$/;
    expect(known.test(facts), `the line of facts says "${facts}"`);
    expect(
      events.length === 3 && events.every(({ eventType }) => eventType === "View"),
      "three views are told",
    );
    expect(
      events.every(
        ({ recommendationId, properties }, at) => recommendationId && properties?.position === at + 2,
      ),
      `every click says which answer it followed, and where: ${JSON.stringify(events)}`,
    );
    await page.keyboard.press("Escape");
    await page.locator(".peek").waitFor({ state: "detached" });
    await page.reload();
    await settled(page);
    expect(/^For you/.test(await heading(visitor)), "a reload forgets nothing");
    expectSilence(visitor);
  },

  async "a persona is chosen without a reload, and the address carries it"(browser, url) {
    const visitor = await visit(browser);
    const { page } = visitor;
    await home(url, visitor);
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
    expect((await movements(page)) === 0, "something moves for one who wants it calm");
    expect(await page.evaluate(() => "isSamePage" in globalThis), "the page was loaded anew");
    await page.goBack();
    await page.getByRole("heading", { name: "Trending products" }).first().waitFor();
    await page.goto(`${url}/?shopper=42`);
    await settled(page);
    expect(
      (await heading(visitor)) === "Inspired by your shopping trends",
      "an address with a shopper is theirs",
    );
    await noItemTwice(visitor);
    const kept = await page.evaluate(() => Object.keys(localStorage).sort());
    const allowed = ["aisle.carts", "aisle.popular", "aisle.shopper"];
    expect(
      kept.every((key) => allowed.includes(key)),
      `localStorage holds ${kept}`,
    );
    expectSilence(visitor);
  },

  async "a purchase goes from the shelf to an order, each step told"(browser, url) {
    const visitor = await visit(browser);
    const events = watchEvents(visitor);
    const { page } = visitor;
    await home(url, visitor, "?shopper=7");
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
    const expected =
      "AddToCart View AddToCart ViewCart ViewCart StartCheckout StartCheckout Purchase Purchase";
    expect(types.join(" ") === expected, `told was ${types.join(" ")}`);
    const bought = events.filter(({ eventType }) => eventType === "Purchase");
    expect(
      bought[0].recommendationId !== undefined && bought[0].properties?.position === 3,
      "the order forgot its row",
    );
    expect((await page.locator(".cart-count").textContent()) === "0", "the cart is empty after an order");
    expectSilence(visitor);
  },

  async "two tabs share a cart, and each has its shopper"(browser, url) {
    const visitor = await visit(browser);
    await home(url, visitor, "?shopper=9");
    const other = await visitor.page.context().newPage();
    await other.goto(`${url}/?shopper=9`);
    await settled(other);
    await other.locator(".main-row .card-add").first().click();
    await visitor.page.locator(".cart-count", { hasText: "1" }).waitFor();
    await other.goto(`${url}/?shopper=10`);
    await settled(other);
    expect((await other.locator(".cart-count").textContent()) === "0", "a cart is its shopper's");
    expect(
      new URL(visitor.page.url()).searchParams.get("shopper") === "9",
      "a tab changed another's shopper",
    );
    expectSilence(visitor);
  },

  async "one key shows two shoppers in the same shop"(browser, url) {
    const visitor = await visit(browser);
    const { page } = visitor;
    await home(url, visitor, "?shopper=42");
    await page.keyboard.press("s");
    await page.locator(".window").nth(1).locator(".card:not(.place)").first().waitFor();
    await settled(page);
    const titles = await page.locator(".main-row h1").allTextContents();
    expect(titles[0] !== titles[1] && titles[1] === "Trending products", `two windows say ${titles}`);
    await checkAccess(page, "two shoppers");
    await page.locator(".window").nth(1).locator(".main-row .card-link").first().click();
    await page.locator(".window").nth(1).locator("h1.product-title").waitFor();
    expect(
      (await page.locator(".window").first().locator(".main-row").count()) === 1,
      "the left window walked along",
    );
    await page.keyboard.press("s");
    await page.locator(".window").nth(1).waitFor({ state: "detached" });
    expectSilence(visitor);
  },
};

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

async function noItemTwice({ page }: Visitor): Promise<void> {
  const shelves = await page
    .locator(".cards")
    .evaluateAll((lists) =>
      lists.map((list) =>
        Array.from(list.querySelectorAll("a.card-link"), (link) => link.getAttribute("href") ?? ""),
      ),
    );
  const all = shelves.flat();
  expect(new Set(all).size === all.length, "an item is on the page twice");
  expect(
    shelves.length >= 4 && shelves.every((shelf) => shelf.length >= 4),
    `shelves of ${shelves.map(({ length }) => length)}`,
  );
}
