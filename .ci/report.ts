// node .ci/report.ts FOLDER [PICTURES]: every page of the folder in a real browser, by day and night, on a telephone
// and on paper: silent, without a request, accessible, no wider than the window, with marks in every plot.
import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import axe from "axe-core";
import { chromium, type Page } from "playwright-core";

const [folder, pictures] = process.argv.slice(2);

const views = [
  { name: "light", width: 1280, colorScheme: "light", media: "screen" },
  { name: "dark", width: 1280, colorScheme: "dark", media: "screen" },
  { name: "telephone", width: 360, colorScheme: "light", media: "screen" },
  { name: "telephone-dark", width: 360, colorScheme: "dark", media: "screen" },
  { name: "print", width: 720, colorScheme: "dark", media: "print" },
] as const;

const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: [
    ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"],
    ...["--disable-background-networking", "--disable-component-update"],
  ],
});

/** What is wrong with the page as it stands, in sentences. */
async function faultsOf(page: Page, media: string): Promise<string[]> {
  const { scrolls, figures } = await page.evaluate(() => ({
    scrolls: document.documentElement.scrollWidth > window.innerWidth,
    figures: [...document.querySelectorAll("figure")].map((figure) => ({
      title: figure.querySelector("h3")?.textContent ?? "",
      plots: [...figure.querySelectorAll("svg")]
        .filter((svg) => svg.getClientRects().length > 0)
        .map((svg) => ({
          marks: [...svg.querySelectorAll("path, rect, circle, line")].filter((mark) => {
            const { width, height } = mark.getBoundingClientRect();
            return width + height > 0;
          }).length,
          // What a plot's margins do not hold runs into its neighbours.
          leaks: [...svg.querySelectorAll("text")]
            .filter((text) => {
              const [inner, outer] = [text.getBoundingClientRect(), svg.getBoundingClientRect()];
              return inner.width > 0 && (inner.left < outer.left - 6 || inner.right > outer.right + 6);
            })
            .map((text) => text.textContent),
        })),
    })),
  }));
  const faults = scrolls ? ["it scrolls sideways"] : [];
  for (const { title, plots } of figures) {
    if (plots.length === 0) faults.push(`"${title}" shows no plot`);
    if (plots.some(({ marks }) => marks < 3)) faults.push(`"${title}" is empty`);
    const leaks = plots.flatMap((plot) => plot.leaks);
    if (leaks.length > 0) faults.push(`"${title}" writes past its edge: ${leaks.join(", ")}`);
  }
  if (media === "print") return faults;
  const found = await page.evaluate(() =>
    // Every rule, on every part; the page's own policy lets nothing else run.
    (
      globalThis as unknown as {
        axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
      }
    ).axe.run(),
  );
  return [
    ...faults,
    ...found.violations.map(({ id, nodes }) => `axe says ${id}: ${nodes[0].html.slice(0, 200)}`),
  ];
}

let failed = 0;
try {
  for (const name of readdirSync(folder).filter((file) => file.endsWith(".html"))) {
    for (const { name: view, width, colorScheme, media } of views) {
      const context = await browser.newContext({
        viewport: { width, height: 900 },
        colorScheme,
      });
      const page = await context.newPage();
      await page.emulateMedia({ media, colorScheme });
      const complaints: string[] = [];
      const requests: string[] = [];
      page.on("console", (message) => {
        if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
      });
      page.on("pageerror", (error) => complaints.push(error.message));
      page.on("request", (request) => requests.push(request.url()));
      const address = pathToFileURL(resolve(folder, name)).href;
      await page.goto(address);
      await page.evaluate(axe.source);
      const faults = await faultsOf(page, media);
      const others = requests.filter((url) => url !== address && !url.startsWith("data:"));
      if (others.length > 0) faults.push(`it asks for ${others.join(", ")}`);
      if (complaints.length > 0) faults.push(`the console says ${complaints.join("; ")}`);
      if (pictures) {
        await page.screenshot({ path: `${pictures}/${name}-${view}.png`, fullPage: true });
        if (media === "print")
          await page.pdf({
            path: `${pictures}/${name}.pdf`,
            format: "A4",
            printBackground: true,
            preferCSSPageSize: true,
          });
      }
      for (const fault of faults) console.error(`${name}, ${view}: ${fault}`);
      failed += faults.length;
      console.log(`${name}, ${view}: ${faults.length === 0 ? "as it should be" : `${faults.length} faults`}`);
      await context.close();
    }
  }
} finally {
  await browser.close();
}
if (failed > 0) process.exit(1);
