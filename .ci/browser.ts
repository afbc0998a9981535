// node .ci/browser.ts URL [PICTURE]: the preview page in a real browser, as a visitor and as a shopper.
import { chromium } from "playwright-core";

const [url, picture] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: [
    ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"],
    ...["--disable-background-networking", "--disable-component-update"],
  ],
});

try {
  for (const [width, scheme] of [
    [1440, "light"],
    [1440, "dark"],
    [360, "light"],
  ] as const) {
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme: scheme });
    const complaints: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.goto(url);
    const titles = (): Promise<string[]> => page.locator("main article, main li").allTextContents();
    await page.locator("main[aria-busy=false]").waitFor();
    const asVisitor = await titles();
    await page.fill("#shopper", "42");
    await page.click("#choose button");
    await page.getByRole("heading", { name: "Inspired by your shopping trends" }).waitFor();
    await page.locator("main[aria-busy=false]").waitFor();
    await page.waitForLoadState("networkidle");
    const asShopper = await titles();
    const scrolls = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
    if (asVisitor.length < 4 || asShopper.length < 4) throw new Error(`${width} px: fewer than 4 products`);
    if (asVisitor.join() === asShopper.join())
      throw new Error(`${width} px: a shopper sees what a visitor sees`);
    if (scrolls) throw new Error(`${width} px: the page scrolls sideways`);
    if (complaints.length > 0) throw new Error(`${width} px: the console says ${complaints.join("; ")}`);
    if (picture) await page.screenshot({ path: picture.replace(/\.png$/, `-${width}-${scheme}.png`) });
    console.log(
      `${width} px, ${scheme}: ${asVisitor.length} cards for a visitor, ${asShopper.length} others for shopper 42`,
    );
    await page.close();
  }
} finally {
  await browser.close();
}
