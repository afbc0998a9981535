// node .ci/shop/pictures.ts URL FOLDER [SHOT…]: pictures of the main pages, to be looked at, at 1440 and 360 px, light and dark.
import type { Page } from "playwright-core";
import { openBrowser, settled, visit } from "./browser.ts";

const [url, folder, ...wanted] = process.argv.slice(2);
const browser = await openBrowser();

interface Shot {
  readonly name: string;
  readonly path: string;
  readonly act?: (page: Page) => Promise<void>;
  readonly isWhole?: boolean;
}

const shots: readonly Shot[] = [
  { name: "newcomer", path: "/" },
  { name: "home", path: "/?shopper=42", isWhole: true },
  {
    name: "peek",
    path: "/",
    act: clickThrice,
  },
  { name: "department", path: "/category/lighting?shopper=42&style=noir" },
  {
    name: "product",
    path: "/?shopper=42",
    isWhole: true,
    act: async (page) => {
      const href = await page.locator(".main-row .card-link").first().getAttribute("href");
      await page.goto(url + href);
    },
  },
  {
    name: "cart",
    path: "/?shopper=42",
    act: async (page) => {
      for (const at of [0, 2, 5]) await page.locator(".main-row .card-add").nth(at).click();
      await page.locator(".cart-button").click();
      await page.locator(".suggested li").first().waitFor();
    },
  },
  {
    name: "shoppers",
    path: "/",
    act: async (page) => {
      await page.locator(".shopper-button").click();
      await page.locator(".shopper-cards").waitFor();
      await page.waitForLoadState("networkidle");
    },
  },
  { name: "two", path: "/?shopper=42&beside=7" },
  { name: "search", path: "/search?q=lamp" },
  {
    name: "plates",
    path: "/?shopper=42",
    act: async (page) => {
      await page.route("**/images/*", (route) => route.abort());
      await page.reload();
    },
  },
];

/** As a newcomer sees the shop after three clicks. */
async function takeReadmePicture(): Promise<void> {
  const { page } = await visit(browser, { width: 1360, height: 850 });
  await page.goto(url);
  await settled(page);
  await clickThrice(page);
  await page.screenshot({ path: `${folder}/readme.jpg`, type: "jpeg", quality: 82 });
  await page.context().close();
}

async function clickThrice(page: Page): Promise<void> {
  for (const at of [0, 5, 3]) {
    await page.locator(".main-row .card-link").nth(at).click();
    await page.locator(".peek h2, h1.product-title").waitFor();
    await page.waitForLoadState("networkidle");
    if ((await page.locator(".peek").count()) === 0) await page.goBack();
    await settled(page);
  }
}

try {
  if (wanted.includes("readme")) await takeReadmePicture();
  for (const { name, path, act, isWhole = false } of shots) {
    for (const width of [1440, 360]) {
      for (const scheme of ["light", "dark"] as const) {
        if (wanted.length > 0 && !wanted.includes(name) && !wanted.includes(`${name}-${width}-${scheme}`))
          continue;
        const { page } = await visit(browser, { width, height: width === 360 ? 780 : 900, scheme });
        await page.goto(url + path);
        await settled(page);
        await act?.(page);
        await settled(page);
        await page.waitForLoadState("networkidle");
        await page.waitForTimeout(300);
        await page.screenshot({ path: `${folder}/${name}-${width}-${scheme}.png`, fullPage: isWhole });
        await page.context().close();
      }
    }
  }
} finally {
  await browser.close();
}
