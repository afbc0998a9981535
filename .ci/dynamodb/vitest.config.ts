import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { include: [".ci/dynamodb/*.test.ts"], testTimeout: 20_000, hookTimeout: 60_000 },
});
