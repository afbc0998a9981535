import { expect, it } from "vitest";
import { UserMarks } from "../../src/http/user-marks.ts";
import { now, secret } from "./small-app.ts";

const marks = (secrets: readonly Uint8Array[], at: () => number = () => now) =>
  new UserMarks(() => secrets, at);
const other = new TextEncoder().encode("another secret");

it("is the same in every container that shares the secret, and another the next day", () => {
  let time = now;
  const at = () => time;
  const [one, two] = [marks([other, secret], at), marks([secret], at)];
  const today = one.of("anna");
  expect(today).toMatch(/^[\w-]{16}$/);
  expect(two.of("anna")).toBe(today);
  expect(one.of("berta")).not.toBe(today);
  expect(marks([secret, other]).of("anna")).not.toBe(today);
  time += 24 * 3600 * 1000;
  expect(one.of("anna")).not.toBe(today);
  expect(one.of("anna")).toBe(two.of("anna"));
});

it("is drawn by each process where there is no secret, or none that can be read", () => {
  expect(marks([]).of("anna")).not.toBe(marks([]).of("anna"));
  const broken = new UserMarks(() => {
    throw new Error("keys.json can be read by others");
  });
  expect(broken.of("anna")).toBe(broken.of("anna"));
});
