import { z } from "zod";
import { ConflictError, type Store } from "../store/store.ts";
import { sha256 } from "./chunk-digests.ts";
import {
  keys,
  nameVersion,
  onlyOnce,
  RegistryError,
  readDocument,
  toJson,
  UnknownVersionError,
} from "./documents.ts";

const name = z
  .string()
  .regex(/^[\p{L}\p{N}][\p{L}\p{N}_.-]{0,62}$/u, "must be at most 63 letters, digits, _, . and -");
const expression = z.string().min(1).max(2500);
const values = z.record(z.string().max(100), z.union([z.string(), z.array(z.string())]));

/** Which items a rule is about: an expression, or a named filter of the same document; and when it holds. */
const about = {
  name,
  filter: expression.optional(),
  filterName: name.optional(),
  filterValues: values.optional(),
  /** from this moment on */
  from: z.iso.datetime({ offset: true }).optional(),
  /** up to, and not at, this moment */
  until: z.iso.datetime({ offset: true }).optional(),
};

const promotion = z.strictObject({
  ...about,
  /** of the rows of an answer */
  percentPromotedItems: z.int().min(1).max(100),
});

const pin = z.strictObject({
  itemId: z.string().min(1).max(256),
  /** from 1; an answer that is shorter does not show it */
  position: z.int().min(1).max(500),
  from: about.from,
  until: about.until,
});

const boost = z.strictObject({
  ...about,
  /** added to scores, in their unit: an item that a user has taken scores about 1. Below 0 it buries */
  by: z.number().min(-10).max(10),
});

const influence = z.number().min(0).max(1).optional();

const arm = z.strictObject({
  name,
  /** of those who are not held back; all of them together are 1 */
  share: z.number().gt(0).max(1),
  /** what holds in this arm where a request does not say */
  hide: z.enum(["purchased", "interacted", "none"]).optional(),
  diversity: influence,
  popularityInfluence: influence,
  freshnessInfluence: influence,
  explorationWeight: influence,
});

/** The arm of whoever is held back. */
export const holdbackArm = "holdback";

/** Users, or sessions where there is no user, parted by a hash: each stays where it is while salt and shares do. */
const experiment = z
  .strictObject({
    name,
    /** another one deals everybody anew; the name, where there is none */
    salt: z.string().min(1).max(100).optional(),
    /** the share that gets what is popular, so that the others can be held against it */
    holdback: z.number().min(0).max(0.5).default(0),
    arms: z.array(arm).min(1).max(10),
    from: about.from,
    until: about.until,
  })
  .superRefine(({ arms }, context) => {
    const complain = (message: string) => context.addIssue({ code: "custom", path: ["arms"], message });
    const sum = arms.reduce((total, { share }) => total + share, 0);
    if (Math.abs(sum - 1) > 1e-6) complain(`the shares are ${sum} together, and have to be 1`);
    const names = arms.map(({ name }) => name);
    if (new Set([...names, holdbackArm]).size <= names.length) {
      complain(`each arm has a name of its own, and none is called "${holdbackArm}"`);
    }
  });

type About = Readonly<Record<"filter" | "filterName", string | undefined>>;

/** What a merchandiser decides, as one document: versioned, and made live by a channel. */
export const rulesSchema = z
  .strictObject({
    /** filters by name, for requests and for the rules below */
    filters: z.record(name, expression).default({}),
    promotions: z.array(promotion).max(20).default([]),
    pins: z.array(pin).max(100).default([]),
    boosts: z.array(boost).max(50).default([]),
    experiment: experiment.optional(),
  })
  .superRefine(({ filters, promotions, boosts, pins }, context) => {
    const complain = (path: (string | number)[], message: string) =>
      context.addIssue({ code: "custom", path, message });
    const check = (list: "promotions" | "boosts", rules: readonly (About & { name: string })[]) => {
      rules.forEach((rule, at) => {
        if ((rule.filter === undefined) === (rule.filterName === undefined)) {
          complain([list, at], "needs one of filter and filterName");
        }
        if (rule.filterName !== undefined && !Object.hasOwn(filters, rule.filterName)) {
          complain([list, at, "filterName"], `there is no filter "${rule.filterName}" in this document`);
        }
        if (rules.findIndex((other) => other.name === rule.name) < at) {
          complain([list, at, "name"], `"${rule.name}" comes twice`);
        }
      });
    };
    check("promotions", promotions as never);
    check("boosts", boosts as never);
    pins.forEach((each, at) => {
      if (pins.findIndex((other) => other.itemId === each.itemId && other.from === each.from) < at) {
        complain(["pins", at], `"${each.itemId}" is pinned twice`);
      }
    });
  });

export type Rules = z.infer<typeof rulesSchema>;

/** Rules that are none, with everything that is wrong with them. */
export class RulesError extends Error {
  override name = "RulesError";
}

/** @throws RulesError naming `where` and everything that is wrong */
export function parseRules(value: unknown, where: string): Rules {
  const parsed = rulesSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new RulesError(`${where}: these are no rules:\n${z.prettifyError(parsed.error)}`);
}

const digitsInName = 12;

/** Stores rules and gives their version: the same rules twice are one version. */
export async function putRules(store: Store, rules: Rules, createdAt: string): Promise<string> {
  const bytes = toJson(parseRules(rules, "rules"));
  const digest = sha256(bytes);
  const same = (await ruleVersions(store)).find((version) =>
    version.endsWith(`-${digest.slice(0, digitsInName)}`),
  );
  if (same) return same;
  const version = nameVersion(createdAt, digest, digitsInName);
  try {
    await store.put(keys.rules(version), bytes, onlyOnce);
  } catch (error) {
    // Whoever came first within this second brought the same bytes: their digest is in the name.
    if (!(error instanceof ConflictError)) throw error;
  }
  return version;
}

/** @throws RegistryError where there are no such rules, or they are damaged */
export async function getRules(store: Store, version: string): Promise<Rules> {
  const document = await readDocument(store, keys.rules(version), rulesSchema);
  if (!document) throw noRules(store, version);
  const digest = sha256(toJson(document.value));
  if (!version.endsWith(`-${digest.slice(0, digitsInName)}`)) {
    throw new RegistryError(
      `${store.describe(keys.rules(version))} is damaged: its SHA-256 is not the one in its name`,
    );
  }
  return document.value;
}

/** @throws RegistryError where there are no such rules */
export async function checkRules(store: Store, version: string): Promise<void> {
  if ((await store.size(keys.rules(version))) === undefined) throw noRules(store, version);
}

/** Oldest first. */
export async function ruleVersions(store: Store): Promise<string[]> {
  const found = (await store.list("rules/")).map((key) => /^rules\/(.*)\.json$/.exec(key)?.[1]);
  return found.filter((version) => version !== undefined).sort();
}

function noRules(store: Store, version: string): RegistryError {
  return new UnknownVersionError(`there are no rules ${version} in ${store.location}`);
}
