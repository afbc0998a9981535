/** What one user or session did, as it was posted. */
export interface ActivityEvent {
  /** told apart within what the same user or session did: a second one of the same id is ignored */
  readonly eventId: string;
  readonly userId?: string | undefined;
  readonly sessionId: string;
  readonly eventType: string;
  readonly itemId?: string | undefined;
  /** epoch seconds */
  readonly time: number;
  readonly value?: number | undefined;
  /** the answer that it followed from, and the rows that were shown with it */
  readonly recommendationId?: string | undefined;
  readonly impression?: readonly string[] | undefined;
  /** where the caller says it came from (Personalize's `metricAttribution`) */
  readonly attributionSource?: string | undefined;
  readonly properties?: Properties | undefined;
}

export type Properties = Readonly<Record<string, unknown>>;

/** What an answer showed: enough to tell later what worked. */
export interface Exposure {
  readonly recommendationId: string;
  readonly userId?: string | undefined;
  readonly sessionId?: string | undefined;
  /** epoch seconds */
  readonly time: number;
  readonly model: string;
  readonly channel: string;
  readonly experiment?: string | undefined;
  readonly arm?: string | undefined;
  readonly source: string;
  /** in the order shown; `position` counts from 1, `propensity` is the chance of an explored slot */
  readonly rows: readonly {
    readonly itemId: string;
    readonly position: number;
    readonly source: string;
    readonly propensity?: number | undefined;
  }[];
}

/** The properties that an item was last given, those of earlier posts included. */
export interface ItemChange {
  readonly itemId: string;
  readonly properties: Properties;
  /** ms since 1970, by the clock of the server that was told */
  readonly changedAt: number;
}

export interface WhoseActivity {
  readonly userId?: string | undefined;
  readonly sessionId?: string | undefined;
  /** names the user among the erasures without naming the user */
  readonly erasureKey?: string | undefined;
}

export interface Activity {
  /** the user, or the one whom the session has come to belong to */
  readonly userId?: string | undefined;
  /** rising by time, at most `recentCountMax` */
  readonly events: readonly ActivityEvent[];
  /** what `POST /users` said */
  readonly attributes?: Properties | undefined;
  /** epoch seconds; what the user did up to then is as if it had never been */
  readonly erasedAt?: number | undefined;
}

/** All that is kept of a user. */
export interface UserRecord {
  readonly events: readonly ActivityEvent[];
  readonly exposures: readonly Exposure[];
  readonly sessions: readonly string[];
  readonly attributes?: Properties | undefined;
}

export interface ActivityRecords {
  readonly events: readonly ActivityEvent[];
  readonly exposures: readonly Exposure[];
}

/** As many of the newest events move an answer; older ones wait for the next model. */
export const recentCountMax = 500;

/**
 * What users and sessions did lately, what they were shown, and what has changed about items and users. A write has
 * happened when its promise resolves, and every server on the same store reads it from then on.
 *
 * An event without a user belongs to its session; the first event that names a user takes the session's earlier ones
 * along, and later ones without a user are that user's too. Every method throws an ActivityError when the store cannot
 * be reached.
 */
export interface ActivityStore {
  /** where it is, as a person would name it */
  readonly location: string;
  /** Gives how many were new. */
  putEvents(events: readonly ActivityEvent[]): Promise<number>;
  read(whose: WhoseActivity): Promise<Activity>;
  putExposure(exposure: Exposure): Promise<void>;
  /** What a user and a session were shown last, newest first, at most `count` answers. */
  exposures(whose: Omit<WhoseActivity, "erasureKey">, count: number): Promise<Exposure[]>;
  /** Properties that are not named stay as they were. */
  putItems(items: readonly { readonly itemId: string; readonly properties: Properties }[]): Promise<void>;
  /** What has changed at or after a moment (ms since 1970), rising by time. */
  itemChanges(since: number): Promise<ItemChange[]>;
  putUsers(users: readonly { readonly userId: string; readonly properties: Properties }[]): Promise<void>;
  exportUser(userId: string): Promise<UserRecord>;
  /** Forgets the user and remembers the erasure by its key. `at` is epoch seconds. */
  eraseUser(userId: string, erasureKey: string, at: number): Promise<void>;
  /** Events for training, in batches; those that belong to no user are left out. */
  userEvents(): AsyncIterable<readonly ActivityEvent[]>;
  /** Everything that was done and shown, nobody's too, in batches and in no order. */
  records(): AsyncIterable<ActivityRecords>;
  /** Drops events and exposures from before a moment (epoch seconds), and whatever still holds deleted bytes. */
  sweep(before: number): Promise<void>;
  close(): void;
}

/** A store of activity that cannot be opened, read or written. */
export class ActivityError extends Error {
  override name = "ActivityError";
}

/** Who a record belongs to, as a key. */
export function ownerKey({ userId, sessionId }: Pick<WhoseActivity, "userId" | "sessionId">): string {
  return userId === undefined ? `session#${sessionId}` : `user#${userId}`;
}

/** Everyone whose records are meant. */
export function ownersOf({ userId, sessionId }: WhoseActivity): string[] {
  return [
    ...(userId === undefined ? [] : [ownerKey({ userId })]),
    ...(sessionId === undefined ? [] : [ownerKey({ sessionId })]),
  ];
}

export function newestExposures(found: readonly Exposure[], count: number): Exposure[] {
  return found.toSorted((a, b) => b.time - a.time).slice(0, count);
}

/** An answer to nobody in particular is its own owner. */
export function exposureOwner({ recommendationId, userId, sessionId }: Exposure): string {
  if (userId === undefined && sessionId === undefined) return `answer#${recommendationId}`;
  return ownerKey({ userId, sessionId });
}
