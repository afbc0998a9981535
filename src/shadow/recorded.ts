import { z } from "zod";
import type { Query } from "../serving/query.ts";
import { openTables } from "../tables/open-tables.ts";

/** A recording that cannot be replayed. */
export class RecordingError extends Error {
  override name = "RecordingError";
}

const id = z.string().min(1);

/** What Amazon Personalize's GetRecommendations was asked and answered, as its SDK has it. Other members are left alone. */
const recordedSchema = z.object({
  request: z.object({
    campaignArn: id.optional(),
    recommenderArn: id.optional(),
    userId: id.optional(),
    itemId: id.optional(),
    numResults: z.int().min(1).max(500).default(25),
    filterArn: id.optional(),
    filterValues: z.record(z.string(), z.string()).optional(),
  }),
  response: z.object({ itemList: z.array(z.object({ itemId: id })) }),
  latencyMs: z.number().min(0).optional(),
});

export interface Recorded {
  readonly query: Query;
  /** answers what most people take, whoever asks */
  readonly isPopular: boolean;
  /** their answer, best first */
  readonly itemIds: readonly string[];
  /** as whoever asked measured it */
  readonly latencyMs: number | undefined;
}

/**
 * Lines of `{"request": …, "response": …, "latencyMs": …}` in files and folders of JSON Lines, gzipped or not.
 * @throws TableError, RecordingError naming file and line
 */
export async function* readRecorded(paths: readonly string[]): AsyncGenerator<Recorded> {
  for await (const { file, columns, batches } of openTables(paths, { format: "jsonl" })) {
    for await (const rows of batches) {
      for (const { line, cells, problem } of rows) {
        if (problem !== undefined) throw new RecordingError(`${file}:${line}: ${problem}`);
        const [request, response, latencyMs] = ["request", "response", "latencyMs"].map(
          (name) => cells[columns.indexOf(name)] ?? undefined,
        );
        const parsed = recordedSchema.safeParse({
          request: object(request),
          response: object(response),
          latencyMs,
        });
        if (!parsed.success) throw new RecordingError(`${file}:${line}: ${z.prettifyError(parsed.error)}`);
        yield toRecorded(parsed.data);
      }
    }
  }
}

/** A nested value comes out of a table as its JSON. */
function object(cell: unknown): unknown {
  if (typeof cell !== "string") return cell;
  try {
    return JSON.parse(cell);
  } catch {
    return cell;
  }
}

function toRecorded({ request, response, latencyMs }: z.infer<typeof recordedSchema>): Recorded {
  const { recommenderArn, filterArn, filterValues, ...asked } = request;
  const { userId, itemId, numResults } = asked;
  const useCase = lastOf(recommenderArn ?? "");
  const values = Object.entries(filterValues ?? {}).map(([name, text]) => [name, unquoted(text)] as const);
  return {
    query: {
      ...{ userId, itemId, numResults },
      // Recommenders leave out what was bought, campaigns only what their filter does.
      hide: recommenderArn === undefined ? "none" : "purchased",
      ...(filterArn !== undefined && { filterName: lastOf(filterArn) }),
      ...(values.length > 0 && { filterValues: Object.fromEntries(values) }),
    },
    isPopular: /popular/i.test(useCase),
    itemIds: response.itemList.map(({ itemId }) => itemId),
    latencyMs,
  };
}

function lastOf(arn: string): string {
  return arn.split("/").at(-1) ?? arn;
}

/** `"a","b"` → a, b. */
function unquoted(text: string): string[] {
  const quoted = [...text.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, value]) => value.replace(/\\(.)/g, "$1"));
  return quoted.length > 0 ? quoted : [text];
}
