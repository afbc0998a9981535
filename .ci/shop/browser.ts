import axe from "axe-core";
import { type Browser, chromium, type Page } from "playwright-core";

export interface Visitor {
  readonly page: Page;
  /** what the console and the page complained of so far */
  readonly complaints: string[];
}

export interface VisitorOptions {
  readonly width?: number;
  readonly height?: number;
  readonly scheme?: "light" | "dark";
  readonly isCalm?: boolean;
  readonly locale?: string;
}

/** By name, each with a browser of its own contexts and the address of the shop. */
export type Journeys = Readonly<Record<string, (browser: Browser, url: string) => Promise<void>>>;

export async function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: [
      ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"],
      ...["--disable-background-networking", "--disable-component-update"],
    ],
  });
}

/** Somebody new: nothing stored, and whatever the console says is kept. */
export async function visit(browser: Browser, options: VisitorOptions = {}): Promise<Visitor> {
  const { width = 1440, height = 900, scheme = "light", isCalm = true, locale = "en-US" } = options;
  const context = await browser.newContext({
    ...{ viewport: { width, height }, colorScheme: scheme, locale },
    reducedMotion: isCalm ? "reduce" : "no-preference",
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.addInitScript(() => {
    const shifts: number[] = [];
    Object.assign(globalThis, { layoutShifts: shifts, movements: 0 });
    const { animate } = Element.prototype;
    Element.prototype.animate = function (...how) {
      (globalThis as unknown as { movements: number }).movements++;
      return animate.apply(this, how);
    };
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & {
        hadRecentInput: boolean;
        value: number;
      })[]) {
        if (!entry.hadRecentInput) shifts.push(entry.value);
      }
    }).observe({ type: "layout-shift", buffered: true });
  });
  return { page, complaints };
}

/** Until every row of the page has been answered. */
export async function settled(page: Page): Promise<void> {
  await page.waitForFunction(
    () =>
      document.querySelector(".card:not(.place), .notice") !== null &&
      document.querySelector(".place, [aria-busy=true]") === null,
  );
}

/** What the cards of the page's first row show, in order. */
export function mainRow(page: Page): Promise<string[]> {
  return page.locator(".main-row .card-title").allTextContents();
}

export function layoutShift(page: Page): Promise<number> {
  return page.evaluate(() =>
    (globalThis as unknown as { layoutShifts: number[] }).layoutShifts.reduce((sum, value) => sum + value, 0),
  );
}

interface Violation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly target: unknown; readonly failureSummary?: string }[];
}

/** @throws where axe finds anything, best practices too */
export async function checkAccess(page: Page, name: string): Promise<void> {
  await page.evaluate(axe.source);
  const violations = await page.evaluate(async () => {
    const { axe: checker } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: Violation[] }> };
    };
    return (await checker.run()).violations;
  });
  if (violations.length === 0) return;
  const told = violations.map(
    ({ id, help, nodes }) =>
      `${id}: ${help}\n${nodes.map((node) => `    ${node.target} ${node.failureSummary}`).join("\n")}`,
  );
  throw new Error(`${name} is not clean for axe:\n  ${told.join("\n  ")}`);
}

export function expect(isSo: boolean, what: string): asserts isSo {
  if (!isSo) throw new Error(what);
}

/** Fails for whatever the console said, but for what the test has provoked. */
export function expectSilence({ complaints }: Visitor, provoked = /^$/): void {
  const others = complaints.filter((words) => !provoked.test(words));
  if (others.length > 0) throw new Error(`the console says ${others.join("; ")}`);
}

export async function home(url: string, { page }: Visitor, query = ""): Promise<void> {
  await page.goto(`${url}/${query}`);
  await settled(page);
}

export async function heading({ page }: Visitor): Promise<string> {
  return (await page.locator(".main-row h1").textContent()) ?? "";
}

/** How often something was set into motion. */
export function movements(page: Page): Promise<number> {
  return page.evaluate(() => (globalThis as unknown as { movements: number }).movements);
}
