import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { Client } from "../../src/client.ts";
import { trendingQuery } from "../../web/src/shop/questions.ts";

const folder = new URL("../../dist/web/", import.meta.url).pathname;
const text = (path: string) => readFileSync(folder + path, "utf8");

/** The scripts that a page names, and whatever those import before they run. */
function scriptsOf(page: string): string[] {
  const named = [...text(page).matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].map(([, path]) => path);
  const reached = new Set<string>();
  const visit = (path: string): void => {
    if (reached.has(path)) return;
    reached.add(path);
    for (const [, next] of text(path).matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g))
      visit(`assets/${next}`);
  };
  named.forEach(visit);
  return [...reached];
}

const zipped = (paths: readonly string[]) =>
  paths.reduce((sum, path) => sum + gzipSync(readFileSync(folder + path)).byteLength, 0);

describe("the pages' files", () => {
  it("take at most 150 KB of script, compressed, to show the shop", () => {
    const scripts = scriptsOf("index.html");
    expect(scripts.length).toBeGreaterThanOrEqual(2);
    expect(zipped(scripts)).toBeLessThanOrEqual(150_000);
    expect(zipped(scripts)).toBeGreaterThan(30_000);
  });

  it("load the search only for those who search", () => {
    const searching = readdirSync(`${folder}assets`).filter((name) =>
      text(`assets/${name}`).includes("BM25"),
    );
    for (const name of searching) expect(scriptsOf("index.html")).not.toContain(`assets/${name}`);
  });

  it("have nothing inline, and ask nobody else for anything", () => {
    for (const page of ["index.html", "start.html", "merchant.html"]) {
      expect(text(page)).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\son[a-z]+=|\sstyle=|https?:\/\//);
    }
    for (const name of readdirSync(`${folder}assets`).filter((each) => each.endsWith(".css"))) {
      expect(text(`assets/${name}`)).not.toMatch(/url\(["']?(https?:|\/\/|data:)|@import/);
    }
  });

  it("never make markup out of text", () => {
    const sources = new URL("../../web/src/", import.meta.url).pathname;
    const files = readdirSync(sources, { recursive: true, encoding: "utf8" }).filter((name) =>
      /\.tsx?$/.test(name),
    );
    expect(files.length).toBeGreaterThan(20);
    for (const name of files) {
      expect(readFileSync(sources + name, "utf8")).not.toMatch(
        /dangerouslySetInnerHTML|innerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function/,
      );
    }
  });

  it("ask for what trends by the very address that the typed client asks for", async () => {
    const asked: string[] = [];
    const fetch = async (input: string | URL | Request) => {
      asked.push(String(input));
      return Response.json({});
    };
    await new Client({ baseUrl: "", fetch }).trending(trendingQuery);
    const preload = /<link rel="preload" as="fetch"[^>]* href="([^"]+)"/.exec(text("index.html"))!;
    expect(asked).toEqual([preload[1].replaceAll("&amp;", "&")]);
  });

  it("ask for the first rows by one script that waits for no other", () => {
    const [early] = scriptsOf("index.html").filter((path) => /\/early-/.test(path));
    expect(text(early)).not.toMatch(/\bimport\b/);
    expect(zipped([early])).toBeLessThanOrEqual(4_000);
  });
});
