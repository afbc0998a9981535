import { packCatalog } from "./catalog/catalog.ts";
import type { CatalogItem } from "./catalog/catalog-item.ts";
import { comparePaired } from "./evaluation/compare.ts";
import type { Contest, Entrant } from "./evaluation/contest.ts";
import { metricsDocument } from "./evaluation/evaluate.ts";
import type { MetricName } from "./evaluation/metrics.ts";
import { recommendByModel } from "./evaluation/model-recommend.ts";
import type { Model } from "./model/model.ts";
import type { Trained, TrainingOrder } from "./pipeline.ts";
import { rank } from "./ranking/rank.ts";
import { type GateAnswer, type GatePolicy, type GateQuestion, judge } from "./registry/gate.ts";
import type { Manifest, ManifestParts, TestRecord } from "./registry/manifest.ts";
import type { Registry } from "./registry/registry.ts";
import { ThreadCrew } from "./training/crew.ts";
import { type Fitted, fitRecipe } from "./training/fit.ts";
import { type Recipe, recipeFromJson, recipeToJson, sameSettings } from "./training/grid.ts";
import type { Criterion } from "./training/trial.ts";

/** Where a model goes, and on whose word. */
export interface ReleaseOrder {
  readonly registry: Registry;
  readonly channel: string;
  readonly who: string;
  /** how the events are named in the manifest */
  readonly source: string;
  /** the version of this program */
  readonly program: string;
  readonly items?: readonly CatalogItem[] | undefined;
  readonly policy?: GatePolicy | undefined;
  readonly force?: string | undefined;
}

export interface Released {
  readonly manifest: Manifest;
  readonly gate: GateAnswer;
  readonly promoted: boolean;
}

/** Publishes what was trained, asks the gate, and makes it live if the gate agrees. */
export async function release(trained: Trained, order: TrainingOrder, to: ReleaseOrder): Promise<Released> {
  const { registry, channel: name } = to;
  const channel = await registry.channel(name);
  const champion = await measureChampion(channel?.model, trained, order, registry);
  const manifest = await registry.publish(
    trained.served.model.buffer.fileBytes,
    describeTrained(trained, order, to),
    testRecord(trained, trained.criterion),
  );
  const gate = judge({
    ...measured(trained, trained.criterion),
    champion,
    channelIsEmpty: channel?.model === undefined,
    eventCount: eventCountOf(trained),
    faults: findFaults(manifest, trained.served.model),
    policy: to.policy,
    force: to.force,
  });
  const catalog = to.items && (await registry.publishCatalog(packCatalog(to.items)));
  const change = { who: to.who, why: gate.reason, gate };
  if (gate.decision === "promote") {
    await registry.promote(name, { model: manifest.version, catalog }, change, channel?.etag);
  } else if (catalog) {
    await registry.setCatalog(name, catalog, { who: to.who, why: "the catalogue does not wait for a model" });
  }
  return { manifest, gate, promoted: gate.decision === "promote" };
}

/** Publishes a model of what is popular, so that there is an answer before anything is trained. */
export async function releasePopularity(fitted: Fitted, recipe: Recipe, to: ReleaseOrder): Promise<Manifest> {
  const { registry, channel: name, who } = to;
  const channel = await registry.channel(name);
  const { model, interactions } = fitted;
  const manifest = await registry.publish(model.buffer.fileBytes, {
    program: to.program,
    ...sizesOf(model),
    recipe: recipeToJson(recipe),
    seed: recipe.als.seed,
    data: {
      source: to.source,
      eventCount: fitted.eventCount,
      digest: interactions.digest,
      split: "nothing was held out",
    },
    fits: [fitRecord("served", fitted)],
    baselines: {},
    golden: goldenRequests(model),
  });
  const catalog = to.items && (await registry.publishCatalog(packCatalog(to.items)));
  const change = { who, why: "popular rows until the first model is trained" };
  await registry.promote(name, { model: manifest.version, catalog }, change, channel?.etag);
  return manifest;
}

/** What a promotion by hand goes by. */
export interface PromotionOrder
  extends Pick<ReleaseOrder, "registry" | "channel" | "who" | "policy" | "force"> {}

/** Makes a published version live if the gate agrees, by what was measured when it was made. */
export async function promoteVersion(version: string, order: PromotionOrder): Promise<GateAnswer> {
  const { registry, channel: name, who, policy, force } = order;
  const channel = await registry.channel(name);
  const manifest = await registry.manifest(version);
  const test = await registry.testRecord(version);
  const live = channel?.model === undefined ? undefined : await registry.manifest(channel.model);
  const liveTest = live && live.rank > 0 ? await registry.testRecord(live.version) : undefined;
  const isSameCut = test && liveTest && test.cut === liveTest.cut && test.metric === liveTest.metric;
  const paired = (champion: number[], challenger: number[]) =>
    comparePaired(Float32Array.from(champion), Float32Array.from(challenger), { seed: manifest.seed });
  const gate = judge({
    metric: test?.metric ?? "nothing",
    testUserCount: test?.model.length ?? 0,
    overPopularity: test && test.model.length > 0 ? paired(test.popularity, test.model) : undefined,
    champion:
      live && live.rank > 0
        ? {
            version: live.version,
            isRefresh: sameSettings(recipeFromJson(live.recipe), recipeFromJson(manifest.recipe)),
            difference: isSameCut ? paired(liveTest.model, test.model) : undefined,
            eventCount: live.data.eventCount,
          }
        : undefined,
    channelIsEmpty: channel?.model === undefined,
    eventCount: manifest.data.eventCount,
    faults: [],
    policy,
    force,
  });
  if (gate.decision === "promote") {
    await registry.promote(name, { model: version }, { who, why: gate.reason, gate }, channel?.etag);
  }
  return gate;
}

/** The live recipe on the same cut: refitted there, since what serves has seen the hidden events. */
async function measureChampion(
  version: string | undefined,
  trained: Trained,
  order: TrainingOrder,
  registry: Registry,
): Promise<GateQuestion["champion"]> {
  const manifest = version === undefined ? undefined : await registry.manifest(version);
  if (!manifest || manifest.rank === 0) return undefined;
  const recipe = recipeFromJson(manifest.recipe);
  const isRefresh = sameSettings(recipe, trained.recipe);
  const { contest, entrant } = trained;
  const incumbent = isRefresh ? entrant : await enterRecipe(recipe, trained, order.threads);
  return {
    version: manifest.version,
    isRefresh,
    difference: difference(contest, incumbent, entrant, trained.criterion),
    eventCount: manifest.data.eventCount,
  };
}

async function enterRecipe(recipe: Recipe, { contest }: Trained, threads: number): Promise<Entrant> {
  const crew = new ThreadCrew(threads);
  try {
    const { model } = await fitRecipe(contest.log, recipe, crew);
    return contest.enter("champion", "live model's settings", recommendByModel(model));
  } finally {
    await crew.close();
  }
}

function measured({ contest, entrant }: Trained, criterion: Criterion) {
  const { task, metric, k } = criterion;
  return {
    metric: `${metric}@${k}${task === "new" ? " on new items" : ""}`,
    testUserCount: entrant.report.tasks[task]?.users.length ?? 0,
    overPopularity: difference(contest, popularityOf(contest), entrant, criterion),
  };
}

function popularityOf({ entrants }: Contest): Entrant {
  const found = entrants.find(({ slug }) => slug === "popularity");
  if (!found) throw new Error("the contest lacks the popularity baseline");
  return found;
}

function perUser({ report }: Entrant, { task, metric, k }: Criterion): Float32Array | undefined {
  return report.tasks[task]?.perUser[`${metric}@${k}` as MetricName];
}

function difference(contest: Contest, champion: Entrant, challenger: Entrant, criterion: Criterion) {
  const before = perUser(champion, criterion);
  const after = perUser(challenger, criterion);
  if (!before || !after || before.length === 0) return undefined;
  return comparePaired(before, after, { seed: contest.seed });
}

function testRecord({ contest, entrant, scored, split }: Trained, criterion: Criterion): TestRecord {
  const values = (of: Entrant): number[] => Array.from(perUser(of, criterion) ?? []);
  return {
    cut: `${scored.interactions.digest} ${split.sentence} ${contest.heldOut.target}`,
    metric: `${criterion.task}:${criterion.metric}@${criterion.k}`,
    model: values(entrant),
    popularity: values(popularityOf(contest)),
  };
}

function describeTrained(trained: Trained, order: TrainingOrder, to: ReleaseOrder): ManifestParts {
  const { split, contest, entrant, scored, served, recipe } = trained;
  const baselines = contest.entrants.filter((other) => other !== entrant);
  return {
    program: to.program,
    ...sizesOf(served.model),
    recipe: recipeToJson(recipe),
    seed: order.seed,
    data: {
      source: to.source,
      eventCount: eventCountOf(trained),
      digest: served.interactions.digest,
      split: split.sentence,
    },
    fits: [fitRecord("scored", scored), fitRecord("served", served)],
    metrics: metricsDocument(entrant.report),
    baselines: Object.fromEntries(baselines.map(({ slug, report }) => [slug, metricsDocument(report)])),
    golden: goldenRequests(served.model),
  };
}

function sizesOf({ rank: factors, userCount, itemCount }: Model) {
  return { rank: factors, userCount, itemCount };
}

function eventCountOf({ served }: Trained): number {
  return served.eventCount;
}

function fitRecord(name: "scored" | "served", { interactions, eventCount }: Fitted) {
  const lastEvent = interactions.now > 0 ? { lastEvent: interactions.now } : {};
  return { name, digest: interactions.digest, eventCount, ...lastEvent };
}

/** A stranger, and users from all over the table: what they are answered is kept, to compare later answers with. */
function goldenRequests(model: Model): Manifest["golden"] {
  const spread = [0, 0.25, 0.5, 0.75, 1].map((at) => Math.floor(at * (model.userCount - 1)));
  const users = [...new Set(spread)].filter((row) => row >= 0);
  const answer = (userRow?: number): string[] =>
    rank(model, { ...(userRow !== undefined && { userRow }), k: 10, hide: "purchased" }).items.map(
      ({ row }) => model.items.id(row),
    );
  return [{ items: answer() }, ...users.map((row) => ({ userId: model.users.id(row), items: answer(row) }))];
}

/** A look at what would be served, in sentences that say what is wrong. */
function findFaults({ golden }: Manifest, model: Model): string[] {
  const faults: string[] = [];
  const least = Math.min(10, model.itemCount);
  const short = golden.filter(({ userId, items }) => userId === undefined && items.length < least);
  if (short.length > 0) faults.push(`a stranger is answered with ${short[0].items.length} items`);
  const personal = golden.filter(({ userId }) => userId !== undefined);
  if (personal.length > 0 && personal.every(({ items }) => items.length === 0)) {
    faults.push("no golden request is answered");
  }
  const distinct = new Set(personal.map(({ items }) => items.join("\n")));
  if (model.rank > 0 && personal.length >= 3 && distinct.size === 1) {
    faults.push("every golden user is answered alike");
  }
  return faults;
}
