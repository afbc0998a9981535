// node .ci/shop/journeys.ts URL [WORDS]: the storefront in a real browser, as its visitors go through it.
import { openBrowser } from "./browser.ts";
import { finding } from "./finding.ts";
import { shopping } from "./shopping.ts";
import { trouble } from "./trouble.ts";

const [url, only] = process.argv.slice(2);
const browser = await openBrowser();
try {
  for (const [name, journey] of Object.entries({ ...shopping, ...finding, ...trouble })) {
    if (only !== undefined && !name.includes(only)) continue;
    const begun = performance.now();
    await journey(browser, url).catch((error: Error) => {
      throw new Error(`${name}: ${error.message}`, { cause: error });
    });
    console.log(`${name}: ${((performance.now() - begun) / 1000).toFixed(1)} s`);
    await Promise.all(browser.contexts().map((context) => context.close()));
  }
} finally {
  await browser.close();
}
