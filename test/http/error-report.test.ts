import fc from "fast-check";
import { expect, it } from "vitest";
import { reportError } from "../../src/http/error-report.ts";

it("conceals what was given, wherever it stands, in one pass", () => {
  const given = ["shopper 1", "(a|b)[c]^$", "shop"].sort((a, b) => b.length - a.length);
  const { message, cause } = reportError(
    new Error("no shopper 1 in shop", { cause: new Error("(a|b)[c]^$ is wrong") }),
    given,
  );
  expect(message).toBe("no [given] in [given]");
  expect(cause?.message).toBe("[given] is wrong");
});

it("does not grow with what was given, though that be its own letters", () => {
  const letters = [..."[given]"];
  expect(reportError(new Error("given"), letters).message).toHaveLength(5 * "[given]".length);
  fc.assert(
    fc.property(fc.string(), fc.array(fc.string({ minLength: 1, unit: "binary" })), (message, texts) => {
      const given = texts.toSorted((a, b) => b.length - a.length);
      const shown = reportError(new Error(message), given).message;
      expect(shown.length).toBeLessThanOrEqual(message.length * "[given]".length);
    }),
  );
});
