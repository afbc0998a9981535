import { afterEach, expect, it, vi } from "vitest";
import { InterruptedError, interruption } from "../../src/cli/interruption.ts";

afterEach(() => vi.restoreAllMocks());

it("gives work its time after one signal of each kind, and none after the same one again", () => {
  const exit = vi.spyOn(process, "exit").mockImplementation(() => undefined as never);
  const { signal, release } = interruption("stopped");
  expect(signal.aborted).toBe(false);
  process.emit("SIGINT", "SIGINT");
  expect(signal.reason).toEqual(new InterruptedError("stopped"));
  process.emit("SIGTERM", "SIGTERM");
  expect(exit).not.toHaveBeenCalled();
  process.emit("SIGTERM", "SIGTERM");
  expect(exit).toHaveBeenCalledExactlyOnceWith(130);
  release();
});
