import { createRoute, z } from "@hono/zod-openapi";
import { costOfRules, lastVisits } from "../../admin/rules-cost.ts";
import { readRules, restoreRules, saveRules, showRules } from "../../admin/rules-desk.ts";
import { previewRules } from "../../admin/rules-preview.ts";
import { NoModelError } from "../../serving/query.ts";
import { responses } from "../answers.ts";
import type { App } from "../host.ts";
import { idLengthMax } from "../parameters.ts";
import type { AdminHost } from "./admin-host.ts";
import { ifMatch, nothing, plainETag, reason, tags, unshared } from "./admin-responses.ts";
import { whoAsks } from "./callers.ts";
import {
  costSchema,
  liveRulesSchema,
  previewSchema,
  rulesBody,
  savedRulesSchema,
  someRulesSchema,
} from "./schemas.ts";

const version = z
  .string()
  .regex(/^[\w.-]{1,100}$/, "must be the name of a version: letters, digits, _, . and -");
const json = <T extends z.ZodType>(schema: T) => ({
  body: { required: true, content: { "application/json": { schema } } },
});

const getRules = createRoute({
  method: "get",
  path: "/admin/rules",
  tags: tags.rules,
  summary: "The rules that are live, who saved them, and those before",
  request: nothing,
  responses: responses(liveRulesSchema, "The rules; their ETag is what a save goes by"),
});

const getSomeRules = createRoute({
  method: "get",
  path: "/admin/rules/{version}",
  tags: tags.rules,
  summary: "The rules of a version",
  request: { params: z.object({ version }), ...nothing },
  responses: responses(someRulesSchema, "The rules"),
});

const putRules = createRoute({
  method: "put",
  path: "/admin/rules",
  tags: tags.rules,
  summary: "Save rules as a new version, and make it live",
  description: "412 where others have saved meanwhile; 400 names each rule that what is live cannot bear.",
  request: { ...nothing, ...ifMatch, ...json(z.strictObject({ rules: rulesBody, reason })) },
  responses: responses(savedRulesSchema, "They are live"),
});

const postRestore = createRoute({
  method: "post",
  path: "/admin/rules/restore",
  tags: tags.rules,
  summary: "Undo: the version before is live again, or one that is named",
  request: { ...nothing, ...ifMatch, ...json(z.strictObject({ version: version.optional(), reason })) },
  responses: responses(savedRulesSchema, "What is live now"),
});

const draft = {
  rules: rulesBody,
};

const postPreview = createRoute({
  method: "post",
  path: "/admin/rules/preview",
  tags: tags.rules,
  summary: "What a draft would change in a shopper's rows; nothing is saved",
  request: {
    ...nothing,
    ...json(
      z.strictObject({
        ...draft,
        userId: z.string().min(1).max(idLengthMax).optional().openapi({ description: "a newcomer without" }),
        numResults: z.int().min(1).max(50).default(12),
      }),
    ),
  },
  responses: responses(previewSchema, "Rows before and after, what each rule leaves, and what is wrong"),
});

const postCost = createRoute({
  method: "post",
  path: "/admin/rules/cost",
  tags: tags.rules,
  summary: "What a draft costs in NDCG and buys in coverage, against no rules and against the live ones",
  description:
    "On the last visits of a sample of the model's users, taken out of their histories: `measuredOn` says so. " +
    "Each promotion and boost alone too, and the pins together.",
  request: {
    ...nothing,
    ...json(z.strictObject({ ...draft, users: z.int().min(50).max(2000).default(400) })),
  },
  responses: responses(costSchema, "The cost"),
});

const listLength = 10;
const seed = 1;

export function addRules(app: App, host: AdminHost): void {
  const { desk } = host;
  app.openapi(getRules, async (c) => {
    const live = await showRules(desk);
    return c.json(live, 200, { ...unshared, ETag: `"${live.version}"` });
  });
  app.openapi(getSomeRules, async (c) => {
    const { version } = c.req.valid("param");
    return c.json({ version, rules: await readRules(desk, version) }, 200, unshared);
  });
  app.openapi(putRules, async (c) => {
    const { rules, reason: why } = c.req.valid("json");
    const replaces = plainETag(c.req.header("if-match"));
    const version = await saveRules(desk, { rules, why, replaces, who: whoAsks(host, c) });
    return c.json({ version }, 200, { ...unshared, ETag: `"${version}"` });
  });
  app.openapi(postRestore, async (c) => {
    const { version, reason: why } = c.req.valid("json");
    const replaces = plainETag(c.req.header("if-match"));
    const live = await restoreRules(desk, { version, why, replaces, who: whoAsks(host, c) });
    return c.json({ version: live }, 200, { ...unshared, ETag: `"${live}"` });
  });
  app.openapi(postPreview, async (c) => {
    return c.json(await previewRules(desk, c.req.valid("json")), 200, unshared);
  });
  app.openapi(postCost, async (c) => {
    const { rules, users } = c.req.valid("json");
    const { snapshot } = desk.serving;
    if (snapshot === undefined) throw new NoModelError("no model is loaded yet");
    const options = { k: listLength, seed };
    const cost = await costOfRules(snapshot, rules, lastVisits(snapshot, { users, seed }), options);
    return c.json(cost, 200, unshared);
  });
}
