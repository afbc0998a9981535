import { readFileSync } from "node:fs";
import { type CollectionTag, parse, type ScalarTag, type YAMLSeq } from "yaml";

/** A value of the template, with intrinsic functions in their long form: `!Ref X` is `{ Ref: "X" }`. */
export type Value = string | number | boolean | null | Value[] | { [name: string]: Value };

export interface Resource {
  readonly Type: string;
  readonly Condition?: string;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly Properties: { readonly [name: string]: Value };
}

export interface Parameter {
  readonly Type: "String" | "Number";
  readonly Default: string | number;
  readonly Description: string;
  readonly AllowedValues?: readonly (string | number)[];
  readonly AllowedPattern?: string;
  readonly MinLength?: number;
  readonly MinValue?: number;
}

export interface Template {
  readonly Metadata: {
    readonly "AWS::CloudFormation::Interface": {
      readonly ParameterGroups: readonly { readonly Parameters: readonly string[] }[];
      readonly ParameterLabels: Readonly<Record<string, { readonly default: string }>>;
    };
  };
  readonly Parameters: Readonly<Record<string, Parameter>>;
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs: Readonly<Record<string, { readonly Value: Value; readonly Condition?: string }>>;
}

const longName = (name: string) => (name === "Ref" ? name : `Fn::${name}`);

const scalars = ["Ref", "Sub", "GetAtt"].map(
  (name): ScalarTag => ({
    tag: `!${name}`,
    resolve: (text) => ({ [longName(name)]: name === "GetAtt" ? text.split(".") : text }),
  }),
);

const lists = ["If", "Not", "Equals", "Sub", "Join"].map(
  (name): CollectionTag => ({
    tag: `!${name}`,
    collection: "seq",
    resolve: (list) => ({ [longName(name)]: (list as YAMLSeq).toJSON() }),
  }),
);

const folder = new URL("../..", import.meta.url);

export const templateText = readFileSync(new URL("template.yaml", folder), "utf8");
export const samConfigText = readFileSync(new URL("samconfig.toml", folder), "utf8");
export const deployGuide = readFileSync(new URL("docs/deploy.md", folder), "utf8");

export const template = parse(templateText, { customTags: [...scalars, ...lists] }) as Template;

export function resourcesOf(type: string): [string, Resource][] {
  return Object.entries(template.Resources).filter(([, { Type }]) => Type === type);
}

/** Every value within, from the outside in. */
export function* valuesWithin(value: Value): Generator<Value> {
  yield value;
  if (value === null || typeof value !== "object") return;
  for (const inner of Object.values(value)) yield* valuesWithin(inner);
}
