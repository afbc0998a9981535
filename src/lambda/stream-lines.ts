import { type StreamRecord, streamLines } from "../activity/stream-lines.ts";

/**
 * What an EventBridge Pipe asks between the table's stream and Firehose: from records of the stream to lines for the
 * archive. Firehose puts each into a gzip file and ends it with a line break, as its delimiter says.
 */
export async function handler(records: readonly StreamRecord[]): Promise<string[]> {
  return streamLines(records);
}
