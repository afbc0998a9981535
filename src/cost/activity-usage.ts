import type { Usage } from "./bill.ts";
import type { PriceName } from "./prices.ts";

/** What a table and its way to the archive use; docs/cost.md says where each comes from. */
const writeUnits = { event: 2, exposure: 2 };
const readUnitsOfRequest = 6;
/** an event and an exposure, as they are kept: in the table twice (its index holds all), in the archive gzipped */
const eventBytes = 400;
const exposureBytes = 2000;
const gzipShare = 0.2;
/** A new table of DynamoDB takes 4,000 writes a second from the start, which are four shards. */
const shards = 4;
const pollsOfSecond = 4;
/** One file every 15 minutes, while there is anything to file. */
const filesOfMonth = 2920;
/** Firehose bills each record by 5 KB. */
const firehoseBytes = 5 * 1024;
const recordsOfBatch = 20;
const batchSeconds = 0.02;
const batchGb = 0.25;
/** One of the four looks at two metrics. */
const alarms = 5;
const secondsOfMonth = 730 * 3600;
const gb = 1e9;

/** What a month uses beside the rest where events are kept. Each answer leaves an exposure. */
export function activityQuantities({
  requests,
  events,
}: Pick<Usage, "requests" | "events">): Partial<Record<PriceName, number>> {
  const records = requests + events;
  const batches = records / recordsOfBatch;
  const bytes = events * eventBytes + requests * exposureBytes;
  // Kept for 30 days: a month of it.
  const tableGb = (events * eventBytes * 2 + requests * exposureBytes) / gb;
  return {
    tableWrites: events * writeUnits.event + requests * writeUnits.exposure,
    tableReads: requests * readUnitsOfRequest,
    tableStorage: tableGb,
    tableBackup: tableGb,
    streamReads: shards * pollsOfSecond * secondsOfMonth,
    pipeRequests: records,
    functionRequests: batches,
    functionSeconds: batches * batchSeconds * batchGb,
    firehose: (records * firehoseBytes) / gb,
    archiveWrites: records === 0 ? 0 : filesOfMonth,
    modelStorage: (bytes / gb) * gzipShare,
    alarms,
  };
}
