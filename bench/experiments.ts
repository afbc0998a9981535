const experiments: Record<string, () => Promise<string>> = {
  beside: async () => (await import("./experiments/beside.ts")).measureBeside(),
  caps: async () => (await import("./experiments/settings.ts")).measureCaps(),
  covisits: async () => (await import("./experiments/sessions.ts")).measureCovisits(),
  decay: async () => (await import("./experiments/settings.ts")).measureDecay(),
  knobs: async () => (await import("./experiments/knobs.ts")).measureKnobs(),
  latency: async () => (await import("./experiments/latency.ts")).measureLatency(),
  popularity: async () => (await import("./experiments/settings.ts")).measurePopularity(),
  repeat: async () => (await import("./experiments/repeat.ts")).measureRepeat(),
  search: async () => (await import("./experiments/search.ts")).measureSearch(),
  similar: async () => (await import("./experiments/sessions.ts")).measureSimilar(),
  together: async () => (await import("./experiments/beside.ts")).measureTogether(),
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in experiments));
if (asked.length === 0 || unknown.length > 0) {
  console.error(`name experiments to run, of ${Object.keys(experiments).join(", ")}`);
  process.exit(2);
}
for (const name of asked) console.log(`\n## ${name}\n\n${await experiments[name]()}`);
