import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { log } from "../src/log.ts";

let lines: string[];
beforeEach(() => {
  lines = [];
  vi.spyOn(process.stderr, "write").mockImplementation((text) => lines.push(String(text)) > 0);
});
afterEach(() => {
  vi.restoreAllMocks();
});

it("writes one line of JSON for each happening", () => {
  log.info("swapped", { model: "v1", text: "two\nlines" });
  log.warn("odd");
  log.error("failed", { count: 3n });
  expect(lines.every((line) => line.indexOf("\n") === line.length - 1)).toBe(true);
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { level: "info", message: "swapped", model: "v1", text: "two\nlines" },
    { level: "warn", message: "odd" },
    { level: "error", message: "failed", count: "3" },
  ]);
  expect(Date.parse(JSON.parse(lines[0]).time)).not.toBeNaN();
});

it("tells an error with what caused it", () => {
  log.error("failed", { error: new Error("outer", { cause: new RangeError("inner") }) });
  expect(JSON.parse(lines[0]).error).toMatchObject({
    name: "Error",
    message: "outer",
    stack: expect.stringContaining("log.test.ts"),
    cause: { name: "RangeError", message: "inner" },
  });
});

it("tells errors, and requests where they are told at all, while it is hushed", () => {
  const speak = log.hush();
  log.info("swapped");
  log.warn("odd");
  log.error("failed");
  log.request({ status: 200 });
  speak();
  log.info("again");
  expect(lines.map((line) => JSON.parse(line).message)).toEqual(["failed", "request", "again"]);
});

it("does not fail over what it tells", () => {
  const looped: Record<string, unknown> = {};
  looped.itself = looped;
  log.warn("odd", { looped });
  const error = new Error("outer");
  error.cause = error;
  log.error("failed", { error });
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { level: "warn", message: "odd", unsaid: expect.stringContaining("circular") },
    { level: "error", message: "failed", unsaid: expect.any(String) },
  ]);
});
