import { createRoute, z } from "@hono/zod-openapi";
import {
  cachedResponses,
  itemPageSchema,
  itemSchema,
  personal,
  problemResponse,
  responses,
  unchanged,
} from "./answers.ts";
import { requireServer } from "./guard.ts";
import type { App, Host, ShopperCard } from "./host.ts";
import { idInPath, idLengthMax, inQuery } from "./parameters.ts";
import { notFound } from "./problem.ts";

/** Prices and stock may change within the catalogue's TTL: a shared cache may keep them no longer than that. */
const shared = { "Cache-Control": "public, max-age=60" };

export const itemsQuery = z.strictObject({
  page: inQuery.page.optional(),
  pageSize: inQuery.pageSize.optional(),
  category: inQuery.text(idLengthMax).optional(),
  q: inQuery.text(200).optional().openapi({ description: "words that the title must contain" }),
});

const getItems = createRoute({
  method: "get",
  path: "/items",
  tags: ["Catalogue"],
  summary: "The items on sale, the most popular first",
  request: { query: itemsQuery },
  responses: cachedResponses(itemPageSchema, "One page of items"),
});

const getItem = createRoute({
  method: "get",
  path: "/items/{id}",
  tags: ["Catalogue"],
  summary: "One item",
  request: { params: z.object({ id: idInPath }), query: z.strictObject({}) },
  responses: cachedResponses(itemSchema, "The item"),
});

const getCategories = createRoute({
  method: "get",
  path: "/categories",
  tags: ["Catalogue"],
  summary: "The names of the categories",
  request: { query: z.strictObject({}) },
  responses: cachedResponses(z.object({ categories: z.array(z.string()) }), "In the catalogue's order"),
});

const getImage = createRoute({
  method: "get",
  path: "/images/{file}",
  tags: ["Storefront"],
  summary: "A demo product's drawing, `<name>.svg`",
  request: { params: z.object({ file: z.string() }), query: z.strictObject({}) },
  responses: {
    200: { description: "The drawing", content: { "image/svg+xml": { schema: z.string() } } },
    304: unchanged,
    default: problemResponse("What went wrong"),
  },
});

const shopperSchema = z.object({
  id: z.string(),
  label: z.string().optional(),
  channel: z.string().optional(),
  persona: z.string(),
  preferences: z.array(z.string()).optional(),
  discountPersona: z.string().optional(),
});

export const shopperPageSchema = z.object({
  page: z.int(),
  pageSize: z.int(),
  total: z.int(),
  shoppers: z.array(shopperSchema),
});

const getShoppers = createRoute({
  method: "get",
  path: "/shoppers",
  tags: ["Storefront"],
  summary: "The demo's shoppers, whom a storefront may pretend to be",
  request: { query: z.strictObject({ page: inQuery.page.optional() }) },
  responses: responses(shopperPageSchema, "One page of shoppers"),
});

export function addCatalog(app: App, { serving }: Host): void {
  app.openapi(getItems, (c) => c.json(serving.listItems(c.req.valid("query")), 200, shared));
  app.openapi(getCategories, (c) => c.json({ categories: [...serving.categories()] }, 200, shared));
  app.openapi(getItem, (c) => {
    const item = serving.findItem(c.req.valid("param").id);
    if (item === undefined) throw notFound("No item on sale has this id.");
    return c.json(item, 200, shared);
  });
}

export function addImages(app: App, images: NonNullable<Host["images"]>): void {
  app.openapi(getImage, (c) => {
    const name = /^(.+)\.svg$/.exec(c.req.valid("param").file)?.[1];
    const svg = name === undefined ? undefined : images(name);
    if (svg === undefined) throw notFound("There is no such image.");
    return c.body(svg, 200, {
      "Content-Type": "image/svg+xml",
      "Cache-Control": "public, max-age=86400",
      // Opened by itself, an image is a document: it must not run anything.
      "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    });
  });
}

const shoppersPerPage = 100;

export function addShoppers(app: App, shoppers: NonNullable<Host["shoppers"]>): void {
  app.openapi(getShoppers, (c) => {
    requireServer(c.get("caller"));
    const { page = 1 } = c.req.valid("query");
    const shown = shoppers.slice((page - 1) * shoppersPerPage, page * shoppersPerPage);
    const body = {
      page,
      pageSize: shoppersPerPage,
      total: shoppers.length,
      shoppers: shown.map(shopperBody),
    };
    return c.json(body, 200, personal);
  });
}

function shopperBody({ preferences, ...shopper }: ShopperCard) {
  return { ...shopper, ...(preferences === undefined ? {} : { preferences: [...preferences] }) };
}
