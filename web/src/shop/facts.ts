/** What was measured of one answer. */
export interface Measured {
  readonly source: string;
  /** in scoring, by the server's own clock */
  readonly scoringMilliseconds?: number | undefined;
  /** there and back, by this page's clock */
  readonly milliseconds?: number | undefined;
  /** products on sale */
  readonly catalogSize?: number | undefined;
  /** hosts that anything of this page was asked of */
  readonly hosts: Iterable<string>;
}

const exactSources: ReadonlySet<string> = new Set(["als", "fold-in", "similar"]);
const ownMachine = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/** One discreet line of what an answer took: only what is known, nothing that is merely hoped. */
export function factsOf(measured: Measured, locale?: string): string[] {
  const { source, scoringMilliseconds, milliseconds, catalogSize, hosts } = measured;
  const facts: string[] = [];
  const time = scoringMilliseconds ?? milliseconds;
  if (time !== undefined) {
    const digits = time < 10 ? 1 : 0;
    const written = new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(
      Math.max(time, 0.1),
    );
    facts.push(`${written} ms${scoringMilliseconds === undefined ? " there and back" : ""}`);
  }
  if (catalogSize !== undefined) {
    const count = new Intl.NumberFormat(locale).format(catalogSize);
    facts.push(`${exactSources.has(source) ? "exact over" : "out of"} ${count} products`);
  }
  const elsewhere = [...new Set(hosts)].filter((host) => !ownMachine.test(host));
  facts.push(elsewhere.length === 0 ? "no request left this machine" : `asked of ${elsewhere.join(", ")}`);
  return facts;
}
