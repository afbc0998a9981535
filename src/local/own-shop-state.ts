import type { TrainingProgress } from "../http/training-progress.ts";

/** The two files that a shop is made from: what people did, and what is sold. */
export type FileKind = "events" | "items";

/** What the page of one's own shop shows. */
export interface OwnShopState {
  /** most bytes of each file */
  readonly bytesMax: Readonly<Record<FileKind, number>>;
  readonly files: Readonly<Partial<Record<FileKind, OwnFile>>>;
  /** under way, of whichever shop */
  readonly training?: TrainingProgress | undefined;
  /** is the training under way that of the files above? */
  readonly isOwnTraining: boolean;
  /** how the last training of one's own shop ended */
  readonly outcome?: OwnShopOutcome | undefined;
  readonly live?: LiveShop | undefined;
}

export interface OwnFile {
  /** as it was called where it came from */
  readonly name: string;
  readonly bytes: number;
  readonly phase: "arriving" | "being read" | "read";
  /** so far, of a file that is being read */
  readonly rowsRead?: number | undefined;
  readonly reading?: FileReading | undefined;
  readonly settings: ReadingSettings;
}

/** What whoever dropped a file says of it. */
export interface ReadingSettings {
  /** role → column; "" where no column has the role */
  readonly columns?: Readonly<Record<string, string>> | undefined;
  /** event type → weight */
  readonly weights?: Readonly<Record<string, number>> | undefined;
  /** leave out whatever rows cannot be used, however many */
  readonly allowsBadRows?: boolean | undefined;
}

/** What was found in a file. */
export interface FileReading {
  /** the file's columns with a few of their values */
  readonly columns: readonly { readonly name: string; readonly samples: readonly string[] }[];
  /** role → column */
  readonly understood: Readonly<Record<string, string>>;
  readonly rowCount?: number | undefined;
  readonly bad?: BadRowsNote | undefined;
  /** why it cannot be used as it is; absent where it can */
  readonly problem?: ReadingProblem | undefined;
  readonly eventTypes?: readonly { readonly name: string; readonly count: number }[] | undefined;
  readonly readiness?: ReadinessNote | undefined;
  readonly items?: ItemsNote | undefined;
}

export interface ReadingProblem {
  /** what is to be mended: which column is what, what event types are worth, rows, or the file itself */
  readonly about: "columns" | "event types" | "rows" | "file";
  readonly message: string;
  /** the roles without a column, or the event types without a weight */
  readonly names?: readonly string[] | undefined;
}

export interface BadRowsNote {
  readonly count: number;
  readonly examples: readonly { readonly line: number; readonly reason: string }[];
}

export interface ReadinessNote {
  readonly events: number;
  readonly users: number;
  readonly items: number;
  readonly pairs: number;
  readonly days?: number | undefined;
  readonly repeatShare: number;
  readonly purchases: number;
  readonly usersWithTwoEvents: number;
  readonly meetsPersonalize: boolean;
  readonly warnings: readonly string[];
}

export interface ItemsNote {
  readonly count: number;
  readonly duplicates: number;
  readonly withPrice: number;
  readonly withImage: number;
  readonly categories: number;
  /** columns that have no role: kept, to filter on */
  readonly attributes: readonly string[];
  readonly titles: readonly string[];
}

export interface OwnShopOutcome {
  readonly kind: "promoted" | "held" | "failed" | "stopped";
  /** what the gate said, or why it failed */
  readonly reason: string;
  readonly leaderboard?: TrainingProgress["leaderboard"];
  readonly seconds?: number | undefined;
}

export interface LiveShop {
  readonly version: string;
  /** how the model's data are named */
  readonly source: string;
  readonly isDemo: boolean;
  /** does it know shoppers, or only what is popular? */
  readonly isPersonal: boolean;
  readonly itemCount: number;
  readonly userCount: number;
  /** is there a demo shop to go back to? */
  readonly canReturnToDemo: boolean;
}
