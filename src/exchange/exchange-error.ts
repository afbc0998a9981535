/** Factors, ids or arrays that cannot be taken over or handed out; says what, where and how to mend it. */
export class ExchangeError extends Error {
  override name = "ExchangeError";
}
