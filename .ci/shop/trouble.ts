import type { Browser, Request } from "playwright-core";
import {
  checkAccess,
  expect,
  expectSilence,
  home,
  type Journeys,
  layoutShift,
  mainRow,
  settled,
  visit,
} from "./browser.ts";

/** What happens when something is not as it should be. */
export const trouble: Journeys = {
  async "without a connection the last popular list stays"(browser, url) {
    const visitor = await visit(browser);
    const { page } = visitor;
    await home(url, visitor);
    let isAway = true;
    await page.route(/\/(recommendations|trending|popular|items|because|health|categories)/, (route) =>
      isAway ? route.abort() : route.continue(),
    );
    await page.goto(`${url}/`);
    await page.getByText("The shop cannot be reached", { exact: true }).waitFor();
    await page.getByRole("heading", { name: "Popular when you were last here" }).waitFor();
    expect(
      (await page.locator(".card:not(.place)").count()) >= 4,
      "the last popular list has fewer than four",
    );
    await checkAccess(page, "the shop without a connection");
    isAway = false;
    await page.getByRole("button", { name: "Try again" }).click();
    await settled(page);
    await page.getByRole("heading", { name: "Trending products" }).waitFor();
    expectSilence(visitor, /Failed to load resource/);
  },

  async "an error is said in words, with another try"(browser, url) {
    const visitor = await visit(browser);
    const { page } = visitor;
    const problem = { type: "about:blank", title: "Broken", status: 500, detail: "Something broke inside." };
    let isBroken = true;
    await page.route("**/trending*", (route) =>
      isBroken ? route.fulfill({ status: 500, json: problem }) : route.continue(),
    );
    await page.goto(`${url}/`);
    await page.getByText("Something broke inside.").waitFor();
    isBroken = false;
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("heading", { name: "Trending products" }).waitFor();
    await page.goto(`${url}/product/none-such`);
    await page.getByText("This is not on sale").waitFor();
    expectSilence(visitor, /Failed to load resource/);
  },

  async "a better model swaps in before one's eyes"(browser, url) {
    const visitor = await visit(browser);
    const { page } = visitor;
    let asked = 0;
    await page.route("**/health/ready", async (route) => {
      const training = { step: "trial 3 of 8", done: 0.4 };
      const problem = { type: "about:blank", title: "Not ready", status: 503, training };
      if (asked++ > 0) await route.continue();
      else await route.fulfill({ status: 503, json: { ...problem, model: { version: "what was popular" } } });
    });
    await page.goto(`${url}/`);
    await page.locator(".pill", { hasText: "A better model is being trained: trial 3 of 8" }).waitFor();
    await settled(page);
    expect((await layoutShift(page)) < 0.01, "the news of training move the page");
    const isAgain = (request: Request) => request.url().includes("/trending");
    const again = page.waitForRequest(isAgain);
    await page.locator(".pill", { hasText: "A better model has arrived" }).waitFor();
    await again;
    await settled(page);
    await page.locator(".pill[data-shown=false]").waitFor({ state: "attached" });
    expectSilence(visitor, /Failed to load resource/);
  },

  async "text from the catalogue never becomes markup, and pictures that are missing become type"(
    browser,
    url,
  ) {
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
        Object.assign(row.item ?? {}, {
          title,
          category: hostile,
          image: at % 3 === 0 ? "javascript:alert(1)" : "/none.png",
        });
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
    expect(
      (await page.locator("main img[src='x'], .peek img[src='x']").count()) === 0,
      "a title became an element",
    );
    const scrolls = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    expect(!scrolls, "long titles push the page aside");
    expectSilence(visitor, /Failed to load resource/);
  },

  async "nothing jumps while a slow server answers, and the first rows wait for no script"(browser, url) {
    const visitor = await visit(browser);
    const { page } = visitor;
    let answered = 0;
    await page.route(/\/(trending|recommendations|popular|items|categories|because)/, async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 250 * (answered++ % 4)));
      await route.continue();
    });
    for (const query of ["", "?shopper=42"]) {
      await home(url, visitor, query);
      const shift = await layoutShift(page);
      expect(shift < 0.01, `the layout shifts by ${shift} at /${query}`);
    }
    await page.unroute(/\/(trending|recommendations|popular|items|categories|because)/);
    await checkBudgets(browser, url);
  },
};

/** By the browser's own clock and count, with an empty cache. */
async function checkBudgets(browser: Browser, url: string): Promise<void> {
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
      scripts: entries
        .filter(({ name }) => name.endsWith(".js"))
        .map(({ encodedBodySize }) => encodedBodySize),
      html: (performance.getEntriesByType("navigation")[0] as PerformanceNavigationTiming).responseEnd,
      rows: first[0]?.startTime ?? Number.NaN,
      asked: first.length,
    };
  });
  const bytes = scripts.reduce((sum, size) => sum + size, 0);
  expect(bytes > 0 && bytes <= 150_000, `the home route takes ${bytes} bytes of script`);
  expect(rows - html < 200, `the first rows are asked for ${rows - html} ms after the page`);
  expect(asked === 1, `the first rows are asked for ${asked} times`);
  console.log(
    `${bytes} bytes of script; rows asked ${Math.round(rows - html)} ms after the page's last byte`,
  );
}
