import type { EventLog } from "./event-log.ts";
import { isPurchase } from "./event-weights.ts";
import { countingSort, secondsPerDay } from "./pair-sums.ts";

/** What data can carry, beside what Amazon Personalize asks of them. */
export interface Readiness {
  readonly users: number;
  readonly items: number;
  readonly events: number;
  /** different (user, item) */
  readonly pairs: number;
  /** from the first event to the last; undefined where there are no times */
  readonly days?: number;
  /** of the events, those on a pair that was there already: 1 − pairs/events */
  readonly repeatShare: number;
  readonly purchases: number;
  readonly usersWithTwoEvents: number;
  /** 1,000 events and 25 users with at least 2 each */
  readonly meetsPersonalize: boolean;
  /** sentences: what is thin, and which answers suffer; none where all is well */
  readonly warnings: readonly string[];
}

const personalizeMinimum = { events: 1000, users: 25 } as const;
/** fewer test users cannot tell two models apart */
const comparableUsersMin = 200;
const spanDaysMin = 7;

/** Counts what is there; throws on nothing, an empty log included. */
export function assessReadiness(log: EventLog): Readiness {
  const { ofUser, ofItem, pairs } = countEvents(log);
  const times = log.hasTime ? log.time.reduce(widen, { first: Infinity, last: -Infinity }) : undefined;
  const days = times && (times.last - times.first) / secondsPerDay;
  const purchaseTypes = log.eventTypes.map(isPurchase);
  const counts = {
    users: countAbove(ofUser, 0),
    items: countAbove(ofItem, 0),
    events: log.length,
    pairs,
    ...(days !== undefined && { days }),
    repeatShare: log.length === 0 ? 0 : 1 - pairs / log.length,
    purchases: log.type.reduce((sum, type) => sum + Number(purchaseTypes[type]), 0),
    usersWithTwoEvents: countAbove(ofUser, 1),
  };
  const meetsPersonalize =
    counts.events >= personalizeMinimum.events && counts.usersWithTwoEvents >= personalizeMinimum.users;
  const largestShare = log.length === 0 ? 0 : ofUser.reduce((a, b) => Math.max(a, b), 0) / log.length;
  return { ...counts, meetsPersonalize, warnings: warningsOf({ ...counts, largestShare }) };
}

type Counts = Omit<Readiness, "meetsPersonalize" | "warnings"> & { readonly largestShare: number };

function warningsOf(counts: Counts): string[] {
  if (counts.events === 0) return ["There are no events: nothing can be learnt from them."];
  const { users, items, events, days, usersWithTwoEvents } = counts;
  const n = (count: number) => count.toLocaleString("en");
  const rules: readonly (readonly [boolean, string])[] = [
    [
      events < personalizeMinimum.events,
      `${n(events)} events are fewer than the ${n(personalizeMinimum.events)} that Amazon Personalize asks for: trust popular items, take personal and similar ones as a first guess.`,
    ],
    [
      usersWithTwoEvents < personalizeMinimum.users,
      `${n(usersWithTwoEvents)} users have two events or more, fewer than the ${personalizeMinimum.users} that Amazon Personalize asks for: personal answers will be little more than popular items.`,
    ],
    [
      usersWithTwoEvents >= personalizeMinimum.users && usersWithTwoEvents < comparableUsersMin,
      `${n(usersWithTwoEvents)} users have two events or more: under ${comparableUsersMin} test users, whether one model is better than another cannot be told.`,
    ],
    [items === 1, "There is one item only: every answer is that item, or nothing."],
    [users === 1, "There is one user only: nothing can be learnt from others."],
    [
      users > 1 && counts.largestShare > 0.5,
      `One user made ${Math.round(counts.largestShare * 100)} % of the events: a robot, a test account, or a default id of the shop?`,
    ],
    [
      days === undefined,
      "The events have no times: trends, half-lives and a test by time cannot be had, and figures will look better than they will be.",
    ],
    [
      days !== undefined && days < spanDaysMin,
      `The events span ${n(Math.ceil(days ?? 0))} days: what is learnt may be one day's mood, not the users' taste.`,
    ],
    [
      counts.purchases === 0,
      "No event is a purchase: what a user interacted with is hidden instead of what was bought, and the target is every event.",
    ],
  ];
  return rules.flatMap(([applies, sentence]) => (applies ? [sentence] : []));
}

function countEvents(log: EventLog): { ofUser: Uint32Array; ofItem: Uint32Array; pairs: number } {
  const ofUser = new Uint32Array(log.users.count);
  const ofItem = new Uint32Array(log.items.count);
  const order = countingSort(countingSort(undefined, log.item, log.items.count), log.user, log.users.count);
  let pairs = 0;
  order.forEach((row, place) => {
    ofUser[log.user[row]]++;
    ofItem[log.item[row]]++;
    const before = order[place - 1];
    if (place === 0 || log.user[before] !== log.user[row] || log.item[before] !== log.item[row]) pairs++;
  });
  return { ofUser, ofItem, pairs };
}

function countAbove(counts: Uint32Array, least: number): number {
  return counts.reduce((sum, count) => sum + Number(count > least), 0);
}

function widen(span: { first: number; last: number }, time: number): { first: number; last: number } {
  return { first: Math.min(span.first, time), last: Math.max(span.last, time) };
}
