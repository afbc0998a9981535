import { isDeepStrictEqual } from "node:util";
import { packCatalog } from "./catalog/catalog.ts";
import type { CatalogItem } from "./catalog/catalog-item.ts";
import { comparePaired } from "./evaluation/compare.ts";
import type { Contest, Entrant } from "./evaluation/contest.ts";
import { nameCut } from "./evaluation/cut.ts";
import type { MetricName } from "./evaluation/metrics.ts";
import { metricsDocument } from "./evaluation/metrics-document.ts";
import { recommendByModel } from "./evaluation/model-recommend.ts";
import { digestOf, lastTime } from "./interactions/aggregate.ts";
import type { EventLog } from "./interactions/event-log.ts";
import type { Model } from "./model/model.ts";
import type { Trained, TrainingOrder } from "./pipeline.ts";
import { findFaults, goldenRequests, shapeOf } from "./promotion.ts";
import { type GateAnswer, type GatePolicy, type GateQuestion, judge } from "./registry/gate.ts";
import { keepHeld } from "./registry/gate-history.ts";
import type { Manifest, ManifestParts, TestRecord } from "./registry/manifest.ts";
import type { Registry } from "./registry/registry.ts";
import { ThreadCrew } from "./training/crew.ts";
import type { Criterion } from "./training/criterion.ts";
import { type Fitted, fitRecipe } from "./training/fit.ts";
import { type Recipe, recipeFromJson, recipeToJson, sameSettings } from "./training/grid.ts";

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
  /** the key under which the events' users are hidden */
  readonly pseudonyms?: string | undefined;
  readonly policy?: GatePolicy | undefined;
  readonly force?: string | undefined;
  /** the run whose records tell how it was chosen */
  readonly run?: string | undefined;
  /** false leaves the live model where it is, whatever the gate says: something else moves the channel */
  readonly promotes?: boolean | undefined;
}

export interface Released {
  readonly manifest: Manifest;
  readonly gate: GateAnswer;
  readonly promoted: boolean;
}

/** Publishes what was trained, asks the gate, and makes it live if the gate agrees and nothing else will. */
export async function release(trained: Trained, order: TrainingOrder, to: ReleaseOrder): Promise<Released> {
  const { registry, channel: name } = to;
  const channel = await registry.channel(name);
  const champion = await measureChampion(channel?.model, trained, order, registry);
  order.signal?.throwIfAborted();
  const manifest = await registry.publish(
    trained.served.model.buffer.fileBytes,
    describeTrained(trained, order, to),
    testRecord(trained, trained.criterion),
  );
  const gate = judge({
    ...measured(trained, trained.criterion),
    champion,
    channelIsEmpty: channel?.model === undefined,
    eventCount: trained.served.eventCount,
    shape: shapeOf(manifest),
    faults: findFaults(manifest),
    policy: to.policy,
    force: to.force,
  });
  if (gate.decision === "hold")
    await keepHeld(registry, name, { model: manifest.version, who: to.who, gate });
  const catalog = to.items && (await registry.publishCatalog(packCatalog(to.items)));
  const change = { who: to.who, why: gate.reason, gate };
  const promoted = gate.decision === "promote" && (to.promotes ?? true);
  if (promoted) {
    await registry.promote(name, { model: manifest.version, catalog }, change, channel?.etag);
  } else if (catalog) {
    await registry.setCatalog(name, catalog, { who: to.who, why: "the catalogue does not wait for a model" });
  }
  return { manifest, gate, promoted };
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

/**
 * The live recipe on the same cut: refitted there, since what serves has seen the hidden events. Only the very same
 * recipe needs no second fit.
 */
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
  const about = { version: manifest.version, isRefresh, eventCount: manifest.data.eventCount };
  const isSame = isDeepStrictEqual(recipe, trained.recipe);
  const before = recipe.imported && testOf(trained, await registry.testRecord(manifest.version));
  if (before || (recipe.imported && !isSame))
    return { ...about, difference: before, shape: shapeOf(manifest) };
  const incumbent = isSame ? entrant : await enterRecipe(recipe, trained, order);
  return {
    ...about,
    difference: difference(contest, incumbent, entrant, trained.criterion),
    shape: shapeOf(manifest),
  };
}

/** Nobody here can fit an imported recipe again: it is compared by what was measured when it came, on the same cut. */
function testOf(trained: Trained, before: TestRecord | undefined) {
  const now = testRecord(trained, trained.criterion);
  if (before?.cut !== now.cut || before.metric !== now.metric || now.model.length === 0) return undefined;
  const values = (record: TestRecord) => Float32Array.from(record.model);
  return comparePaired(values(before), values(now), { seed: trained.contest.seed });
}

async function enterRecipe(
  recipe: Recipe,
  { contest }: Trained,
  { threads, signal }: TrainingOrder,
): Promise<Entrant> {
  const crew = new ThreadCrew(threads, signal);
  try {
    const { model } = await fitRecipe(contest.log, recipe, crew);
    return contest.enter("champion", "live model's settings", recommendByModel(model));
  } finally {
    await crew.close();
  }
}

function measured({ contest, entrant }: Trained, criterion: Criterion) {
  return {
    metric: nameOf(criterion),
    testUserCount: entrant.report.tasks[criterion.task]?.users.length ?? 0,
    overPopularity: difference(contest, popularityOf(contest), entrant, criterion),
  };
}

function nameOf({ task, metric, k }: Criterion): string {
  return `${metric}@${k}${task === "new" ? " on new items" : ""}`;
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

/**
 * What every entrant's lists were worth to each test user: by its slug (users), in the same order. Values of the same
 * cut have the same fitted and hidden events and the same users, so that they can be paired.
 */
export function testValues({ contest, entrant, scored, split }: Trained, criterion: Criterion) {
  const digests = { fitted: scored.interactions.digest, hidden: digestOf(split.test) };
  const { users = [] } = entrant.report.tasks[criterion.task] ?? {};
  const valuesOf = (of: Entrant): Float32Array => perUser(of, criterion) ?? new Float32Array();
  const others = contest.entrants.filter(({ slug }) => slug !== entrant.slug);
  return {
    cut: nameCut(digests, contest.heldOut.target, users),
    values: Object.fromEntries([entrant, ...others].map((one) => [one.slug, valuesOf(one)])),
  };
}

function testRecord(trained: Trained, criterion: Criterion): TestRecord {
  const { cut, values } = testValues(trained, criterion);
  const { aisle: model, popularity } = values;
  return { cut, metric: nameOf(criterion), model: Array.from(model), popularity: Array.from(popularity) };
}

function describeTrained(trained: Trained, order: TrainingOrder, to: ReleaseOrder): ManifestParts {
  const { split, contest, entrant, scored, served, recipe, outcomes } = trained;
  const baselines = contest.entrants.filter((other) => other !== entrant);
  return {
    program: to.program,
    ...sizesOf(served.model),
    ...(recipe.imported ? {} : { arithmetic: "simd128" as const }),
    pseudonyms: to.pseudonyms,
    run: to.run,
    recipe: recipeToJson(recipe),
    seed: order.seed,
    data: {
      source: to.source,
      eventCount: served.eventCount,
      digest: served.interactions.digest,
      split: split.sentence,
    },
    fits: [
      ...(outcomes.length > 0 ? [validatedRecord(split.train)] : []),
      fitRecord("scored", scored),
      fitRecord("served", served),
    ],
    metrics: metricsDocument(entrant.report),
    baselines: Object.fromEntries(baselines.map(({ slug, report }) => [slug, metricsDocument(report)])),
    golden: goldenRequests(served.model),
  };
}

function sizesOf({ rank: factors, userCount, itemCount }: Model) {
  return { rank: factors, userCount, itemCount };
}

/** What the trials were fitted to, from which validation chose. */
function validatedRecord(train: EventLog) {
  const last = lastTime(train);
  return {
    name: "validated" as const,
    digest: digestOf(train),
    eventCount: train.length,
    ...(last > 0 && { lastEvent: last }),
  };
}

function fitRecord(name: "scored" | "served", { interactions, eventCount }: Fitted) {
  const lastEvent = interactions.now > 0 ? { lastEvent: interactions.now } : {};
  return { name, digest: interactions.digest, eventCount, ...lastEvent };
}
