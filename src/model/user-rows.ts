import { modelBytesMax } from "./buffer.ts";

/** Up to so many bytes of users' rows are stored: below a tenth of a second of loading (docs/experiments.md). */
const cheapBytesMax = 64 * 2 ** 20;
/** Beyond, a fold-in takes about as long as the search for the best items; its cost grows with the cube. */
const cheapRankMax = 128;

export interface UserRows {
  readonly userCount: number;
  readonly rank: number;
  /** of the file without the users' rows */
  readonly otherBytes: number;
  /** true wherever the file fits into memory, false never; left out: where that serves better */
  readonly asked?: boolean | undefined;
}

/** Whether a model's file holds its users' rows. Where not, they are folded in from histories: the same rows. */
export function storesUserRows({ userCount, rank, otherBytes, asked }: UserRows): boolean {
  const byteLength = userCount * rank * 4;
  // The padding of the tensor and of the header that names it.
  const fits = otherBytes + byteLength + 1024 <= modelBytesMax;
  return fits && (asked ?? (byteLength <= cheapBytesMax || rank > cheapRankMax));
}
