import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Silence } from "../../src/store/silence.ts";

let messages: string[];
let silence: Silence;
beforeEach(() => {
  vi.useFakeTimers();
  messages = [];
  silence = new Silence("s3.test", (message) => messages.push(message));
});
afterEach(() => void vi.useRealTimers());

it("is too long once nothing was heard for the time", () => {
  silence.allow(1000, "sent nothing more");
  vi.advanceTimersByTime(900);
  silence.heard();
  vi.advanceTimersByTime(900);
  expect(messages).toEqual([]);
  vi.advanceTimersByTime(100);
  expect(messages).toEqual(["s3.test sent nothing more for 1000 ms"]);
  vi.advanceTimersByTime(10_000);
  expect(messages).toHaveLength(1);
});

it("begins anew for a process that stood still, and ends all the same if nothing comes then", () => {
  silence.allow(1000, "sent nothing more");
  // The clock of the wall goes on while timers do not.
  vi.setSystemTime(Date.now() + 3_600_000);
  vi.advanceTimersByTime(1000);
  expect(messages).toEqual([]);
  vi.advanceTimersByTime(1000);
  expect(messages).toHaveLength(1);
});

it("watches no longer than it is asked to", () => {
  silence.allow(1000, "sent nothing more");
  silence.end();
  vi.advanceTimersByTime(5000);
  expect(messages).toEqual([]);
});
