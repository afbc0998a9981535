import { describe, expect, it } from "vitest";
import { formatFigure, leaderboardMarkdown, leaderboardText } from "../../src/evaluation/leaderboard.ts";

const rows = [
  { name: "popularity", figures: { "ndcg@10": { value: 0.1, low: 0.05, high: 0.15 }, "coverage@10": 0.01 } },
  { name: "RP3β", figures: { "ndcg@10": { value: 0.2, low: 0.15, high: 0.25 } } },
];
const options = { columns: ["ndcg@10", "coverage@10"] };

describe("leaderboards", () => {
  it("puts the best first and aligns names left, figures right", () => {
    expect(leaderboardText(rows, options)).toBe(
      [
        "recommender                  ndcg@10  coverage@10",
        "RP3β         0.2000 [0.1500, 0.2500]            –",
        "popularity   0.1000 [0.0500, 0.1500]       0.0100",
      ].join("\n"),
    );
  });

  it("writes a table for Markdown, its bars escaped", () => {
    const named = [{ ...rows[0], name: "a|b" }];
    expect(leaderboardMarkdown(named, { ...options, heading: "model" })).toBe(
      "| model | ndcg@10 | coverage@10 |\n| --- | ---: | ---: |\n| a\\|b | 0.1000 [0.0500, 0.1500] | 0.0100 |",
    );
  });

  it("keeps the given order among equals, and what has no figure last", () => {
    const equal = ["x", "y"].map((name) => ({ name, figures: { "ndcg@10": 0.3 } }));
    const lines = leaderboardText([{ name: "none", figures: {} }, ...equal]).split("\n");
    expect(lines.slice(1).map((line) => line.split(" ")[0])).toEqual(["x", "y", "none"]);
    expect(formatFigure(undefined)).toBe("–");
  });
});
