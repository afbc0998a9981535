import { defineConfig } from "vitest/config";

/** Tests that replace modules or watch the log: what they leave behind must be nobody else's. */
const alone = [
  "test/{activity,keys,lambda,serving,store}/**/*.test.ts",
  "test/http/{app,no-ids-in-logs,request-trace}.test.ts",
  "test/log.test.ts",
];

/** Whole trainings in processes of their own, killed and resumed: `npm test` leaves them to CI, for their minute. */
const deep = "test/**/*.deep.test.ts";

export default defineConfig({
  resolve: { alias: { "aisle/client": new URL("src/client.ts", import.meta.url).pathname } },
  test: {
    globalSetup: "scripts/build-if-stale.ts",
    // Many tests wait for processes of their own: with a worker less than cores, one core would idle.
    maxWorkers: "100%",
    projects: [
      { extends: true, test: { name: "alone", include: alone } },
      // The others share what they load: a quarter of the time went into loading it for each file.
      {
        extends: true,
        test: { name: "together", include: ["test/**/*.test.ts"], exclude: [...alone, deep], isolate: false },
      },
      { extends: true, test: { name: "deep", include: [deep] } },
    ],
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
});
