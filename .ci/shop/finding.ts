import {
  checkAccess,
  expect,
  expectSilence,
  home,
  type Journeys,
  mainRow,
  settled,
  visit,
} from "./browser.ts";

/** How things are found, on every kind of screen. */
export const finding: Journeys = {
  async "a phone shows all of it, and its back button leads back"(browser, url) {
    const visitor = await visit(browser, { width: 360, height: 740 });
    const { page } = visitor;
    await home(url, visitor);
    const before = await mainRow(page);
    await page.locator(".main-row .card-link").nth(9).click();
    await page.locator("h1.product-title").waitFor();
    await settled(page);
    const [top, focused] = await page.evaluate(() => [scrollY, document.activeElement?.id]);
    expect(top === 0 && focused === "main", `a new page begins at ${top} px, with the focus on ${focused}`);
    await checkAccess(page, "a product on a phone");
    await page.reload();
    await page.locator("h1.product-title").waitFor();
    await settled(page);
    await page.goBack();
    await page.locator(".main-row .card:not(.place)").first().waitFor();
    await page.waitForFunction(
      ([was]) =>
        Array.from(document.querySelectorAll(".main-row .card-title"), (each) => each.textContent).join() !==
        was,
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

  async "a department is narrowed, and going back takes the filters away"(browser, url) {
    const visitor = await visit(browser);
    const { page } = visitor;
    await home(url, visitor, "?shopper=42");
    await page.locator(".departments a").nth(1).click();
    await settled(page);
    const count = () => page.locator(".cards.wall .card:not(.place)").count();
    const all = await count();
    await page.locator(".facet").nth(1).locator(".chip").first().click();
    await page.waitForFunction((was) => document.querySelectorAll(".cards.wall .card").length < was, all);
    const narrowed = await count();
    await page.locator(".facet").first().locator(".chip").first().click();
    await page.waitForFunction(
      (was) => document.querySelectorAll(".cards.wall .card").length < was,
      narrowed,
    );
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

  async "the search finds with a slip of the finger"(browser, url) {
    const visitor = await visit(browser);
    const { page } = visitor;
    await home(url, visitor);
    await page.keyboard.press("/");
    await page.keyboard.type("pendnt lam");
    await page.locator(".suggestions > div", { hasText: "Pendant Lamp" }).first().waitFor();
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

  async "every page is clean for axe, in light and dark"(browser, url) {
    for (const scheme of ["light", "dark"] as const) {
      const visitor = await visit(browser, { scheme });
      const { page } = visitor;
      await home(url, visitor, "?shopper=42");
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
