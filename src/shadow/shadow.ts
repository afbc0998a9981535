import type { Interval } from "../math/bootstrap.ts";
import { ratioInterval } from "../math/ratio.ts";
import type { Answer, Query } from "../serving/query.ts";
import type { Recorded } from "./recorded.ts";

export interface Latency {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
}

export interface Shadow {
  readonly requests: number;
  /** share of their first K that are among our first K, with its interval over users; those with fewer than K count with what they have */
  readonly overlap: readonly { readonly k: number; readonly share: Interval }[];
  /** items in any answer */
  readonly items: { readonly theirs: number; readonly ours: number; readonly both: number };
  /** of ours by where they come from, the first row's */
  readonly sources: Readonly<Record<string, number>>;
  /** ms: as recorded, of the whole way; and here, without the network */
  readonly theirs: Latency | undefined;
  readonly ours: Latency | undefined;
}

export interface Shadowed {
  /** what the server answers by */
  ask(query: Query, isPopular: boolean): Promise<Answer>;
  readonly ks: readonly number[];
}

/** Asks again what was asked, and holds the answers against each other. */
export async function shadow(recorded: AsyncIterable<Recorded>, { ask, ks }: Shadowed): Promise<Shadow> {
  const users = new Map<string, { hits: number[]; asked: number[] }>();
  const [theirs, ours] = [new Set<string>(), new Set<string>()];
  const latencies: { theirs: number[]; ours: number[] } = { theirs: [], ours: [] };
  const sources: Record<string, number> = {};
  let requests = 0;
  for await (const { query, isPopular, itemIds, latencyMs } of recorded) {
    const begun = performance.now();
    const answer = await ask(query, isPopular);
    latencies.ours.push(performance.now() - begun);
    if (latencyMs !== undefined) latencies.theirs.push(latencyMs);
    sources[answer.source] = (sources[answer.source] ?? 0) + 1;
    const found = answer.items.map(({ itemId }) => itemId);
    for (const itemId of itemIds) theirs.add(itemId);
    for (const itemId of found) ours.add(itemId);
    // Whoever asks nobody's question is somebody once.
    const user = query.userId ?? `request ${requests}`;
    count(users, user, { ks, theirs: itemIds, ours: found });
    requests++;
  }
  const columns = [...users.values()];
  return {
    requests,
    overlap: ks.map((k, at) => ({
      k,
      share: ratioInterval(
        columns.map(({ hits }) => hits[at]),
        columns.map(({ asked }) => asked[at]),
        { resamples: 1000, seed: 1 },
      ),
    })),
    items: { theirs: theirs.size, ours: ours.size, both: [...theirs].filter((id) => ours.has(id)).length },
    sources,
    theirs: latencyOf(latencies.theirs),
    ours: latencyOf(latencies.ours),
  };
}

function count(
  users: Map<string, { hits: number[]; asked: number[] }>,
  user: string,
  { ks, theirs, ours }: { ks: readonly number[]; theirs: readonly string[]; ours: readonly string[] },
): void {
  const before = users.get(user) ?? { hits: ks.map(() => 0), asked: ks.map(() => 0) };
  ks.forEach((k, at) => {
    const first = new Set(ours.slice(0, k));
    const wanted = theirs.slice(0, k);
    before.hits[at] += wanted.filter((itemId) => first.has(itemId)).length;
    before.asked[at] += wanted.length;
  });
  users.set(user, before);
}

/** By the nearest rank. */
function latencyOf(milliseconds: number[]): Latency | undefined {
  const sorted = milliseconds.toSorted((a, b) => a - b);
  if (sorted.length === 0) return undefined;
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1];
  return { count: sorted.length, p50: at(0.5), p99: at(0.99) };
}
