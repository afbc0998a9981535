import { createRoute, z } from "@hono/zod-openapi";
import { outcomes } from "../../admin/outcomes.ts";
import { listShoppers, showShelf } from "../../admin/shelf.ts";
import { summarise } from "../../admin/summary.ts";
import { itemPageSchema, problemResponse, responses } from "../answers.ts";
import type { App } from "../host.ts";
import { itemsQuery } from "../items.ts";
import { notFound } from "../problem.ts";
import type { AdminHost } from "./admin-host.ts";
import { nothing, tags, unshared } from "./admin-responses.ts";
import { outcomesSchema, shelfSchema, shoppersSchema, summarySchema } from "./schemas.ts";

const timeZone = z
  .string({ error: "must be given once" })
  .max(64)
  .refine(isTimeZone, "must be a time zone such as Europe/Berlin")
  .optional()
  .openapi({ description: "of whoever reads “Tuesday's model”; UTC unless given", example: "Europe/Berlin" });

const getSummary = createRoute({
  method: "get",
  path: "/admin/summary",
  tags: tags.state,
  summary: "How the shop's recommendations fare, in one sentence, and what there is to do",
  request: { query: z.strictObject({ timeZone }) },
  responses: responses(summarySchema, "The sentence, its figures, and what to do"),
});

const days = z
  .string({ error: "must be given once" })
  .regex(/^([1-9]|[1-8]\d|90)$/, "must be a whole number from 1 to 90")
  .transform(Number)
  .optional()
  .openapi({ type: "integer", minimum: 1, maximum: 90, default: 7 });

const getAttribution = createRoute({
  method: "get",
  path: "/admin/attribution",
  tags: tags.state,
  summary: "Click-through, add-to-cart and revenue by kind of row, model and arm",
  description:
    "501 where no store of activity is configured. Intervals are over users; null where there is nothing.",
  request: { query: z.strictObject({ days }) },
  responses: responses(outcomesSchema, "What came of the rows that were shown"),
});

const getShelf = createRoute({
  method: "get",
  path: "/admin/shelf",
  tags: tags.state,
  summary: "The fields of the products, with their values, for whoever writes a filter",
  request: nothing,
  responses: responses(shelfSchema, "Fields, texts with their most frequent values"),
});

const getItems = createRoute({
  method: "get",
  path: "/admin/items",
  tags: tags.state,
  summary: "Products on sale by words of their title, the most popular first",
  request: { query: itemsQuery },
  responses: responses(itemPageSchema, "One page of items"),
});

const getShoppers = createRoute({
  method: "get",
  path: "/admin/shoppers",
  tags: tags.state,
  summary: "Some shoppers to preview rules for",
  request: nothing,
  responses: responses(shoppersSchema, "Shoppers with what they did last"),
});

const getReport = createRoute({
  method: "get",
  path: "/admin/report",
  tags: tags.state,
  summary: "The experiment report, one HTML page",
  request: nothing,
  responses: {
    200: { description: "The page", content: { "text/html": { schema: z.string() } } },
    default: problemResponse("What went wrong; 404 where there is nothing to report yet"),
  },
});

/** The report is style and pictures: framed without rights it can neither run, ask nor read anything. */
const reportHeaders = {
  ...unshared,
  "Content-Security-Policy":
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; sandbox; frame-ancestors 'self'",
};

export function addState(app: App, { desk, report }: AdminHost): void {
  app.openapi(getSummary, async (c) => {
    const { timeZone = "UTC" } = c.req.valid("query");
    return c.json(await summarise(desk, timeZone), 200, unshared);
  });
  app.openapi(getAttribution, async (c) => {
    const { days = 7 } = c.req.valid("query");
    // What there is nothing of has no interval, and JSON no NaN: JSON.stringify makes it null.
    return c.json({ days, ...(await outcomes(desk, { days })) } as never, 200, unshared);
  });
  app.openapi(getShelf, (c) => c.json(showShelf(desk), 200, unshared));
  app.openapi(getItems, (c) => c.json(desk.serving.listItems(c.req.valid("query")), 200, unshared));
  app.openapi(getShoppers, async (c) => c.json({ shoppers: await listShoppers(desk) }, 200, unshared));
  app.openapi(getReport, async (c) => {
    const html = await report?.();
    if (html === undefined) throw notFound("There is nothing to report yet: train with aisle train first.");
    return c.html(html, 200, reportHeaders);
  });
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
