import { archiveRecords, type StreamRecord } from "../activity/stream-lines.ts";

/**
 * What an EventBridge Pipe asks between the table's stream and Firehose: from records of the stream to those of the
 * archive. The pipe hands each of them on as its JSON (it promises nothing of elements that are text), and Firehose
 * ends each with a line break. An empty list ends there.
 */
export async function handler(records: readonly StreamRecord[]): Promise<object[]> {
  return archiveRecords(records);
}
