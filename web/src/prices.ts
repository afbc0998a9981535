/** How prices are written: by the reader's locale, in the shop's currency if it has said one. */
export interface PriceForm {
  /** BCP 47; the reader's own unless said */
  readonly locale?: string | undefined;
  /** ISO 4217; empty: numbers alone */
  readonly currency: string;
}

/** Writes a price; whole amounts from a hundred on go without decimals, as shops write them. */
export function formatPrice(price: number, { locale, currency }: PriceForm): string {
  const isRound = Number.isInteger(price) && price >= 100;
  const digits = isRound ? { minimumFractionDigits: 0, maximumFractionDigits: 0 } : {};
  const plain = { minimumFractionDigits: 2, maximumFractionDigits: 2 };
  const options: Intl.NumberFormatOptions =
    currency === ""
      ? { ...plain, ...digits }
      : { style: "currency", currency, currencyDisplay: "narrowSymbol", ...digits };
  return new Intl.NumberFormat(locale, options).format(price);
}

/** A sum of prices without the dust that adding fractions leaves. */
export function sumOf(amounts: readonly number[]): number {
  return Math.round(amounts.reduce((sum, amount) => sum + amount, 0) * 100) / 100;
}
