import { expect, it } from "vitest";
import { parseShopConfig, ShopConfigError, stageOf } from "../../src/init/shop-config.ts";

const whole = {
  events: ["s3/events.csv"],
  weights: { view: 1, purchase: 5 },
  columns: { user: "who" },
  training: { factors: "32,64", "half-life": 30, "no-refit": true },
  stages: { prod: { stack: "aisle-prod", steps: [10, 100], wait: 60 } },
};

it("takes what a shop needs to say", () => {
  expect(parseShopConfig(JSON.stringify(whole), "aisle.json")).toEqual(whole);
});

it("names every wrong place at once", () => {
  const wrong = {
    events: [],
    colour: 1,
    weights: { view: "1" },
    stages: { "0": {}, prod: { stack: "a_b", wait: -1 } },
  };
  const read = () => parseShopConfig(JSON.stringify(wrong), "shop/aisle.json");
  expect(read).toThrow(ShopConfigError);
  for (const place of [
    "shop/aisle.json",
    "events:",
    "colour",
    "weights.view:",
    "stages.0",
    "stages.prod.stack:",
    "stages.prod.wait:",
  ]) {
    expect(read).toThrow(place);
  }
  expect(() => parseShopConfig("{", "aisle.json")).toThrow("aisle.json is not JSON");
  expect(() => parseShopConfig(JSON.stringify({ ...whole, stages: {} }), "a")).toThrow("at least one stage");
});

it("knows only the stages that are there", () => {
  const config = parseShopConfig(JSON.stringify(whole), "aisle.json");
  expect(stageOf(config, "prod", "aisle.json")).toBe(config.stages.prod);
  expect(() => stageOf(config, "constructor", "aisle.json")).toThrow(
    'no stage "constructor": there are prod',
  );
});
