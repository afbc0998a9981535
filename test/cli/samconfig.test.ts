import { describe, expect, it } from "vitest";
import { readSamConfig } from "../../src/cli/samconfig.ts";

const read = (parameters: string, environment = "prod") =>
  readSamConfig(
    `version = 0.1\n[prod.global.parameters]\nstack_name = "shop-prod"\nregion = "eu-central-1"\n` +
      `[prod.deploy.parameters]\nregion = "eu-west-1"\n${parameters}\n`,
    environment,
    "samconfig.toml",
  );

describe("samconfig.toml", () => {
  it("puts the command's parameters over the global ones", () => {
    expect(read("")).toEqual({
      stackName: "shop-prod",
      region: "eu-west-1",
      profile: undefined,
      parameters: {},
    });
  });

  it.each([
    ["text", `parameter_overrides = "A=1 B=\\"two words\\" C='it is' D=x=y E=\\"\\""`],
    ["a list", `parameter_overrides = ["A=1", "B='two words'", 'C="it is"', "D=x=y", 'E=""']`],
    [
      "a table",
      `[prod.deploy.parameters.parameter_overrides]\nA = 1\nB = "two words"\nC = "it is"\nD = "x=y"\nE = ""`,
    ],
    [
      "CloudFormation's own words",
      `parameter_overrides = "ParameterKey=A,ParameterValue=1 B=two\\\\ words C='it is' D=x=y E=''"`,
    ],
  ])("takes overrides as %s", (_, text) => {
    expect(read(text).parameters).toEqual({ A: "1", B: "two words", C: "it is", D: "x=y", E: "" });
  });

  it("says what it does not understand", () => {
    expect(() => read("", "dev")).toThrow(/no environment "dev": it has prod/);
    expect(() => read("parameter_overrides = 7")).toThrow(/neither text, a list nor a table/);
    expect(() => read('parameter_overrides = "--guided"')).toThrow(/not of the form Name=value/);
    expect(() => read("region =")).toThrow(/samconfig.toml is no TOML/);
  });
});
