const experiments: Record<string, () => Promise<string>> = {
  search: async () => (await import("./experiments/search.ts")).measureSearch(),
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in experiments));
if (asked.length === 0 || unknown.length > 0) {
  console.error(`name experiments to run, of ${Object.keys(experiments).join(", ")}`);
  process.exit(2);
}
for (const name of asked) console.log(`\n## ${name}\n\n${await experiments[name]()}`);
