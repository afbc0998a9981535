import type { Cell } from "./table.ts";

/** The cell as text; empty where it holds nothing. */
export function cellText(cell: Cell): string {
  if (typeof cell === "string") return cell;
  if (cell === null || cell === undefined) return "";
  return cell instanceof Date ? cell.toISOString() : String(cell);
}

/** The cell as a finite number; undefined where it is none. */
export function cellNumber(cell: Cell): number | undefined {
  if (typeof cell === "string" && cell.trim() === "") return undefined;
  if (cell === null || cell === undefined || cell instanceof Date || typeof cell === "boolean")
    return undefined;
  const number = Number(cell);
  return Number.isFinite(number) ? number : undefined;
}

const iso =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(\.\d{1,9})?)?)? ?(?:(Z|UTC)|([+-])(\d\d):?(\d\d)?)?$/i;
const plainNumber = /^-?\d+(?:\.\d+)?$/;
const secondsPerHour = 3600;

/**
 * The cell as epoch seconds: a date, ISO 8601 (in UTC where it names no zone), or a number whose magnitude says
 * what it counts: seconds below 1e11, milliseconds below 1e14, microseconds below 1e17, else nanoseconds (1e11
 * seconds would be the year 5138, 1e11 milliseconds are 1973). Undefined where it is none of these.
 */
export function cellTime(cell: Cell): number | undefined {
  if (cell instanceof Date) return finite(cell.getTime() / 1000);
  if (typeof cell === "number" || typeof cell === "bigint") return epochSeconds(Number(cell));
  if (typeof cell !== "string") return undefined;
  const text = cell.trim();
  if (plainNumber.test(text)) return epochSeconds(Number(text));
  const match = iso.exec(text);
  return match ? isoSeconds(match) : undefined;
}

function isoSeconds(match: readonly (string | undefined)[]): number | undefined {
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0));
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  // The calendar rolls over 30 February to March: a date that does not exist.
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  const [fraction, , sign, zoneHours, zoneMinutes] = match.slice(7);
  const ahead = Number(zoneHours ?? 0) * secondsPerHour + Number(zoneMinutes ?? 0) * 60;
  const local = date.getTime() / 1000 + hour * secondsPerHour + minute * 60 + second + Number(fraction ?? 0);
  return local - (sign === "-" ? -ahead : ahead);
}

function epochSeconds(number: number): number | undefined {
  const size = Math.abs(number);
  if (size < 1e11) return finite(number);
  if (size < 1e14) return number / 1e3;
  return size < 1e17 ? number / 1e6 : finite(number / 1e9);
}

function finite(number: number): number | undefined {
  return Number.isFinite(number) ? number : undefined;
}
