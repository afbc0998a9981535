import { parseHTML } from "linkedom";
import { afterAll, describe, expect, it, vi } from "vitest";
import type { ReportData } from "../../src/report/gather.ts";
import { renderReport } from "../../src/report/render.ts";
import {
  failedTrial,
  gridTrials,
  halvedTrials,
  hostile,
  madeReport,
  result,
  run,
  trialOf,
} from "./made-run.ts";

// The library says what it doubts on the console, and draws a sign into the plot.
const doubts = vi.spyOn(console, "warn");
afterAll(() => doubts.mockRestore());

type Page = ReturnType<typeof parseHTML>["document"];

function read(data: ReportData): Page {
  return parseHTML(renderReport(data)).document;
}

/** A dozen trials, all to their end. */
const dozen = gridTrials().slice(48, 60);
const ofADozen = renderReport(madeReport({ trials: dozen }));

/** The titles of the figures that are there. */
function figuresOf(document: Page): string[] {
  return [...document.querySelectorAll("figure h3")].map((title) => title.textContent);
}

const nothingLive = { reason: "Channel production names no model." };

const states: [name: string, data: ReportData][] = [
  ["144 trials, all to their end", madeReport()],
  ["144 trials, halved", madeReport({ run: { ...run, search: "halving" }, trials: halvedTrials() })],
  ["one trial", madeReport({ trials: gridTrials().slice(81, 82) })],
  ["two trials that differ in one setting", madeReport({ trials: gridTrials().slice(80, 82) })],
  ["a failed one among others", madeReport({ trials: [...gridTrials().slice(0, 5), failedTrial(5)] })],
  ["failed ones alone", madeReport({ trials: [failedTrial(0)], result: undefined, model: undefined })],
  [
    "nothing but its beginning",
    madeReport({
      run: { ...run, profile: undefined },
      trials: [],
      result: undefined,
      model: undefined,
      channel: { name: "production", history: [] },
      shoppers: nothingLive,
    }),
  ],
  [
    "equal trials",
    madeReport({ trials: dozen.map((trial) => ({ ...trial, best: { iteration: 3, value: 0.1 } })) }),
  ],
  [
    "no test part",
    madeReport({ trials: dozen, result: { ...result, metrics: undefined, baselines: {} }, model: undefined }),
  ],
];

describe("the report", () => {
  it.each(states)(
    "renders %s, with marks in every plot, a text for it and nothing that is no number",
    (_, data) => {
      doubts.mockClear();
      const text = renderReport(data);
      const { document } = parseHTML(text);
      expect(text).not.toMatch(/NaN|undefined|Infinity|\[object|⚠/);
      expect(doubts).not.toHaveBeenCalled();
      for (const svg of document.querySelectorAll("svg")) {
        expect(svg.querySelectorAll("path, rect, circle, line").length).toBeGreaterThan(2);
        const isNamed =
          (svg.getAttribute("aria-label") ?? "").length > 20 && svg.getAttribute("role") === "img";
        expect(isNamed || svg.getAttribute("aria-hidden") === "true").toBe(true);
      }
      const headings = [...document.querySelectorAll("section h2")].map((heading) => heading.textContent);
      expect(headings).toHaveLength(8);
      for (const link of document.querySelectorAll("nav a")) {
        expect(document.querySelector(link.getAttribute("href") ?? "")).not.toBeNull();
      }
    },
  );

  it("shows everything there is to show", () => {
    const { document } = parseHTML(ofADozen);
    expect(figuresOf(document)).toEqual([
      "NDCG@10, all items",
      "NDCG@10, items new to the user",
      "NDCG@10 and loss by iteration",
      "What each setting is worth",
      "The best reached with each value",
      "Regularization × unobserved weight",
      "Every trial's settings, and what came of them",
      "Head, middle and tail in lists of 10, all items",
      "Coverage and popularity beside the baselines",
      "Events by day",
      "The long tail, and what people did",
      "What the gate went by",
    ]);
    expect(document.querySelectorAll(".shopper")).toHaveLength(3);
    expect(document.querySelector(".lede")?.textContent).toContain("Trial 56 of 144 was chosen by NDCG@10");
    expect(document.querySelector("#gate")?.textContent).toContain("forced");
    expect(document.querySelector("#settings > .scroll tbody tr")?.textContent).toMatch(
      /^56 chosen0\.1890 0\.1830–0\.1950/,
    );
    expect(document.querySelector("#leaderboard")?.textContent).toContain("0.1665–0.1877");
  });

  it("says of a run that has not ended what is missing", () => {
    const [, , , , , , [, data]] = states;
    const document = read(data);
    expect(figuresOf(document)).toEqual([]);
    expect(document.querySelector(".lede")?.textContent).toMatch(
      /under way, or it was interrupted: 0 of 144 trials/,
    );
    expect([...document.querySelectorAll(".absent")].length).toBeGreaterThan(5);
  });

  it("says why a trial failed", () => {
    const document = read(madeReport({ trials: [trialOf(0, 0.1, { als: { factors: 8 } }), failedTrial(1)] }));
    expect(document.querySelector(".failures")?.textContent).toContain("left the finite numbers");
  });

  it("asks nobody for anything and runs nothing, whatever the data holds", () => {
    const { document } = parseHTML(ofADozen);
    const policy = document.querySelector("meta[http-equiv]")?.getAttribute("content");
    expect(policy).toBe("default-src 'none'; style-src 'unsafe-inline'; img-src data:");
    expect(
      document.querySelectorAll("script, img, iframe, object, video, link[rel=stylesheet]"),
    ).toHaveLength(0);
    expect(ofADozen.replaceAll("http://www.w3.org/", "")).not.toMatch(/https?:\/\//);
  });

  it("escapes what comes from the data, in text and in plots", () => {
    const everywhere = madeReport({
      run: {
        ...run,
        who: hostile,
        data: { ...run.data, source: hostile, split: hostile },
        profile: { ...(run.profile as NonNullable<typeof run.profile>), types: { [hostile]: 3, View: 1 } },
      },
      trials: [
        ...["cg", hostile].map((solver, trial) =>
          trialOf(trial, 0.1 + trial, { als: { solver, [hostile]: trial, factors: trial } }),
        ),
        failedTrial(2, hostile),
      ],
      result: {
        ...result,
        baselines: { ...result.baselines, [hostile]: result.baselines.popularity },
        gate: { channel: hostile, decision: "hold", reason: hostile },
      },
      channel: {
        name: hostile,
        live: hostile,
        history: [
          {
            at: run.createdAt,
            action: "rollback",
            model: hostile,
            who: hostile,
            why: `${hostile}\u0000\u0007`,
          },
        ],
      },
      shoppers: { reason: hostile },
    });
    const text = renderReport(everywhere);
    for (const wrong of ["<img", "<script", "\0", "\u0007"]) expect(text).not.toContain(wrong);
    const { document } = parseHTML(text);
    expect(document.querySelectorAll("script, img")).toHaveLength(0);
    expect(document.querySelector("#gate td:last-child")?.textContent).toContain(hostile);
    expect(
      [...document.querySelectorAll("svg text")].some((label) => label.textContent.includes("<img src=x")),
    ).toBe(true);
  });
});
