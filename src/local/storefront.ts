import { readdirSync, readFileSync } from "node:fs";
import { extname, join, relative, sep } from "node:path";
import { gzipSync } from "node:zlib";
import type { Context, Env, Hono } from "hono";

/**
 * The pages' static files. Nothing in them is inline, so the policy allows nothing inline; pictures alone may come
 * from elsewhere, since a shop's own are wherever it keeps them.
 */
const pagePolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self'; " +
  "img-src 'self' https: data:; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** What the router in the page knows; the server answers each with the page, and the page shows the rest. */
const shopPaths = ["/", "/product/:id", "/category/:name", "/search", "/checkout", "/order/:id"];
const otherPages = { "/start": "start.html", "/merchant": "merchant.html" } as const;

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
  ".txt": "text/plain; charset=utf-8",
  ".md": "text/plain; charset=utf-8",
};

/** What whoever hands the pages out may set in them. */
export interface PageSettings {
  /** where the API is; empty: where the pages come from */
  readonly api?: string | undefined;
  /** what prices are in, ISO 4217; empty: numbers alone */
  readonly currency?: string | undefined;
}

interface StaticFile {
  readonly type: string;
  readonly plain: Uint8Array<ArrayBuffer>;
  /** absent where it would save nothing */
  readonly zipped?: Uint8Array<ArrayBuffer> | undefined;
  readonly caching: string;
}

/**
 * Adds the storefront's pages and files to a server.
 * @param folder what the build made of `web`
 * @param settings asked at each page, since the shop behind it may become another one
 */
export function addStorefront<E extends Env>(
  app: Hono<E>,
  folder: string,
  settings: () => PageSettings = () => ({}),
): void {
  const files = readFiles(folder);
  const answer = (path: string) => {
    const file = files.get(path);
    if (file === undefined) throw new Error(`the storefront has no ${path}: build it again (npm run build)`);
    const text = path.endsWith(".html") ? new TextDecoder().decode(file.plain) : undefined;
    if (text === undefined) return (c: Context<E>) => respond(c, file);
    return (c: Context<E>) => {
      const plain = new TextEncoder().encode(withSettings(text, settings()));
      return respond(c, { ...file, plain, zipped: undefined });
    };
  };
  for (const path of shopPaths) app.get(path, answer("index.html"));
  for (const [path, page] of Object.entries(otherPages)) app.get(path, answer(page));
  for (const path of files.keys()) if (!path.endsWith(".html")) app.get(`/${path}`, answer(path));
}

/** A page with its settings filled in, as attributes' values and nothing else. */
export function withSettings(page: string, { api = "", currency = "" }: PageSettings): string {
  const base = escaped(api.replace(/\/+$/, ""));
  const opening = (name: string) => new RegExp(`(<meta name="aisle-${name}" content=")[^"]*`);
  return (
    page
      .replace(opening("api"), (_, before) => before + base)
      .replace(opening("currency"), (_, before) => before + escaped(currency))
      // What the browser asks of the API before any script runs.
      .replace(/(<link rel="preload" as="fetch"[^>]*href=")(?=\/)/, (_, before) => before + base)
  );
}

function escaped(value: string): string {
  return value.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}

function respond(c: Context, { type, plain, zipped, caching }: StaticFile): Response {
  const takesZipped = /\bgzip\b/.test(c.req.header("Accept-Encoding") ?? "");
  const bytes = takesZipped && zipped ? zipped : plain;
  return c.body(bytes, 200, {
    "Content-Type": type,
    "Content-Length": String(bytes.byteLength),
    ...(bytes === zipped && { "Content-Encoding": "gzip" }),
    ...(zipped && { Vary: "Accept-Encoding" }),
    "Cache-Control": caching,
    "Content-Security-Policy": pagePolicy,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
  });
}

/** All of them, by their path: they are few and small, and compressed once. */
function readFiles(folder: string): Map<string, StaticFile> {
  const found = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  return new Map(
    found.map(({ parentPath, name }) => {
      const path = relative(folder, join(parentPath, name)).split(sep).join("/");
      const plain = readFileSync(join(parentPath, name));
      const type = types[extname(name)] ?? "application/octet-stream";
      const isText = /^(text|image\/svg)/.test(type);
      return [path, { type, plain, zipped: isText ? gzipSync(plain) : undefined, caching: cachingOf(path) }];
    }),
  );
}

/** A name that holds the digest of its content never means anything else. */
function cachingOf(path: string): string {
  if (path.startsWith("assets/")) return "public, max-age=31536000, immutable";
  return path.endsWith(".html") ? "no-cache" : "public, max-age=86400";
}
