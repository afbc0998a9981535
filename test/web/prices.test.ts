import { describe, expect, it } from "vitest";
import { formatPrice, sumOf } from "../../web/src/prices.ts";

const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, " ");

describe("a price", () => {
  it("is written as the reader's country writes it", () => {
    const written = (locale: string, currency: string, price = 1299.5) =>
      plain(formatPrice(price, { locale, currency }));
    expect(written("en-US", "USD")).toBe("$1,299.50");
    expect(written("de-DE", "EUR")).toBe("1.299,50 €");
    expect(written("fr-FR", "EUR")).toBe("1 299,50 €");
    expect(written("en-GB", "GBP", 4.95)).toBe("£4.95");
    expect(written("ja-JP", "JPY", 1200)).toMatch(/1,200$/);
  });

  it("is a number alone where the shop has not said in what, and has no decimals where it is round", () => {
    expect(formatPrice(9.5, { locale: "en-US", currency: "" })).toBe("9.50");
    expect(formatPrice(690, { locale: "en-US", currency: "USD" })).toBe("$690");
    expect(formatPrice(9, { locale: "en-US", currency: "USD" })).toBe("$9.00");
  });

  it("adds up without dust", () => {
    expect(sumOf([0.1, 0.2])).toBe(0.3);
    expect(sumOf([])).toBe(0);
  });
});
