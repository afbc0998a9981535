/** A product as the shop describes it. Its text is data: whoever shows it escapes it. */
export interface CatalogItem {
  readonly itemId: string;
  readonly title: string;
  readonly description?: string;
  /** in the shop's currency */
  readonly price?: number;
  readonly category?: string;
  /** an address or the name of a file */
  readonly image?: string;
  /** how many monthly payments the price can be split into */
  readonly installments?: number;
  /** may be recommended: in stock and on sale */
  readonly available: boolean;
  /** epoch seconds */
  readonly createdAt?: number;
  /** every other column, by its name in the source */
  readonly attributes: Readonly<Record<string, string | number>>;
}
