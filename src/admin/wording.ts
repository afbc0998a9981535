import type { Interval } from "../math/bootstrap.ts";

const dayMs = 86_400_000;

/** 0.124 → "12 %", and where that would be 0, "0.4 %". */
export function percent(share: number): string {
  return `${amount(share)} %`;
}

/** 2465 → "2,465" */
export function number(value: number): string {
  return value.toLocaleString("en");
}

/** A range whichever sign it has: "9–15", "−3 to 4". */
export function percentRange({ low, high }: Pick<Interval, "low" | "high">): string {
  if (low >= 0) return `${amount(low)}–${amount(high)}`;
  if (high <= 0) return `${amount(-high)}–${amount(-low)}`;
  return `−${amount(-low)} to ${amount(high)} %`;
}

/** So much more than as much again reads better as a multiple: 3.5 more → "4.5 times (4.1–4.9)". */
export function times({ value, low, high }: Interval): string {
  const [middle, least, most] = [value, low, high].map((more) => (1 + more).toFixed(1));
  return `${middle} times (${least}–${most})`;
}

function amount(share: number): string {
  const hundredths = 100 * share;
  return hundredths !== 0 && Math.abs(hundredths) < 0.95
    ? hundredths.toFixed(1)
    : String(Math.round(hundredths));
}

/** Whose model it is, by the day it was made: "Today's", "Tuesday's", "12 March's"; a year only where it is another. */
export function nameDay(
  createdAt: string,
  { now, timeZone }: { readonly now: number; readonly timeZone: string },
): string {
  const day = (time: number, options: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat("en-GB", { timeZone, ...options }).format(time);
  const date = (time: number): string => day(time, { day: "numeric", month: "long", year: "numeric" });
  const made = Date.parse(createdAt);
  if (date(made) === date(now)) return "Today's";
  if (date(made) === date(now - dayMs)) return "Yesterday's";
  if (made <= now && now - made < 6 * dayMs) return `${day(made, { weekday: "long" })}'s`;
  const isThisYear = day(made, { year: "numeric" }) === day(now, { year: "numeric" });
  const named = isThisYear ? day(made, { day: "numeric", month: "long" }) : date(made);
  return `The ${named}`;
}

/** "One thing", "Two things" */
export function listNumber(count: number): string {
  const words = ["No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine"];
  return `${words[count] ?? count} ${count === 1 ? "thing" : "things"}`;
}
