import type { OpenApiDocument } from "./documents.ts";

/** A Postman collection, format 2.1: the parts of it that are written here. */
export interface PostmanCollection {
  readonly info: { readonly name: string; readonly description: string; readonly schema: string };
  readonly variable: readonly { readonly key: string; readonly value: string }[];
  readonly event: readonly PostmanScript[];
  readonly item: readonly { readonly name: string; readonly item: readonly PostmanRequest[] }[];
}

interface PostmanScript {
  readonly listen: "prerequest" | "test";
  readonly script: { readonly type: "text/javascript"; readonly exec: readonly string[] };
}

interface PostmanRequest {
  readonly name: string;
  readonly event: readonly PostmanScript[];
  readonly request: {
    readonly method: string;
    readonly description: string;
    readonly header: readonly PostmanPair[];
    readonly url: PostmanUrl;
    readonly body?: { readonly mode: "raw"; readonly raw: string };
  };
}

interface PostmanPair {
  readonly key: string;
  readonly value: string;
  readonly disabled?: boolean;
  readonly description?: string;
}

interface PostmanUrl {
  readonly raw: string;
  readonly host: readonly string[];
  readonly path: readonly string[];
  readonly query: readonly PostmanPair[];
  readonly variable: readonly PostmanPair[];
}

/** What an operation may say about itself under `x-requests`: one request of the collection each. */
export interface SampleRequest {
  readonly name: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** not for strangers: without a token it is right that the answer is 401 */
  readonly needsKey?: boolean;
}

interface Operation {
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly description?: string;
    readonly schema?: { readonly description?: string };
  }[];
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { schema?: unknown }>> }>
  >;
  readonly "x-requests"?: readonly SampleRequest[];
}

/** What paths are filled with: variables that earlier answers set. */
const pathVariables: Readonly<Record<string, string>> = {
  id: "{{itemId}}",
  file: "{{imageFile}}",
  // Exported and erased: nobody who matters.
  userId: "postman-visitor",
};

/** A folder per tag, a request per sample of each operation, and for each a script that tests the answer. */
export function postmanCollection(document: OpenApiDocument, baseUrl: string): PostmanCollection {
  const folders = new Map<string, PostmanRequest[]>((document.tags ?? []).map(({ name }) => [name, []]));
  for (const [path, methods] of Object.entries(document.paths ?? {})) {
    for (const [method, operation] of Object.entries(methods as Record<string, Operation>)) {
      const [tag = "Other"] = operation.tags ?? [];
      const samples = operation["x-requests"] ?? [{ name: operation.summary ?? path }];
      const requests = samples.map((sample) => requestOf(method.toUpperCase(), path, operation, sample));
      folders.set(tag, [...(folders.get(tag) ?? []), ...requests]);
    }
  }
  return {
    info: {
      name: document.info.title,
      description: document.info.description ?? "",
      schema: "https://schema.getpostman.com/json/collection/v2.1.0/collection.json",
    },
    variable: Object.entries({ baseUrl, token: "", userId: "1", itemId: "1", imageFile: "none.svg" }).map(
      ([key, value]) => ({ key, value }),
    ),
    event: [script("prerequest", addToken)],
    item: [...folders].flatMap(([name, item]) => (item.length > 0 ? [{ name, item }] : [])),
  };
}

function requestOf(
  method: string,
  path: string,
  operation: Operation,
  sample: SampleRequest,
): PostmanRequest {
  return {
    name: sample.name,
    event: [script("test", sample.needsKey ? orAsksForKey(testsOf(operation)) : testsOf(operation))],
    request: {
      method,
      description: [operation.summary, operation.description].filter(Boolean).join("\n\n"),
      header: sample.body === undefined ? [] : [{ key: "Content-Type", value: "application/json" }],
      url: urlOf(path, operation, sample.query ?? {}),
      ...(sample.body === undefined
        ? {}
        : { body: { mode: "raw", raw: JSON.stringify(sample.body, null, 2) } }),
    },
  };
}

/** Parameters that the sample leaves out are there, switched off, to be tried. */
function urlOf(
  path: string,
  { parameters = [] }: Operation,
  used: Readonly<Record<string, string>>,
): PostmanUrl {
  const segments = path
    .slice(1)
    .split("/")
    .map((segment) => segment.replace(/\{(.+?)\}/, ":$1"));
  const inQuery = parameters.filter((parameter) => parameter.in === "query");
  const declared = inQuery.map(({ name, description, schema }) => ({
    key: name,
    value: used[name] ?? "",
    disabled: used[name] === undefined,
    description: description ?? schema?.description ?? "",
  }));
  // A member of a record is a parameter by itself: `filterValues[PRICE]`.
  const members = Object.entries(used).filter(([name]) => inQuery.every((each) => each.name !== name));
  const query = [...declared, ...members.map(([key, value]) => ({ key, value }))];
  const variable = parameters
    .filter((parameter) => parameter.in === "path")
    .map(({ name }) => ({ key: name, value: pathVariables[name] ?? "" }));
  const search = Object.entries(used).map(([key, value]) => `${key}=${value}`);
  const raw = `{{baseUrl}}/${segments.join("/")}${search.length > 0 ? `?${search.join("&")}` : ""}`;
  return { raw, host: ["{{baseUrl}}"], path: segments, query, variable };
}

const addToken = [
  'const token = pm.variables.get("token");',
  'if (token) pm.request.headers.upsert({ key: "Authorization", value: "Bearer " + token });',
];

function orAsksForKey(tests: readonly string[]): string[] {
  const isAsked = 'pm.response.code === 401 && !pm.variables.get("token")';
  const isProblem =
    'pm.expect(pm.response.headers.get("Content-Type")).to.include("application/problem+json")';
  return [
    `if (${isAsked}) {`,
    `  pm.test("asks a stranger for the shop's key", () => ${isProblem});`,
    "} else {",
    ...tests.map((line) => `  ${line}`),
    "}",
  ];
}

/** The declared status, the declared type, and for answers that they hold each item once. */
function testsOf({ responses }: Operation): string[] {
  const [status = "200"] = Object.keys(responses).filter((key) => /^\d+$/.test(key));
  const [type = "application/json"] = Object.keys(responses[status]?.content ?? {});
  const hasStatus = `pm.test("answers ${status}", () => pm.response.to.have.status(${status}));`;
  if (status === "204") return [hasStatus];
  const schema = responses[status]?.content?.[type]?.schema as { $ref?: string } | undefined;
  const tests = [
    hasStatus,
    `pm.test("is ${type}", () => pm.expect(pm.response.headers.get("Content-Type")).to.include("${type}"));`,
  ];
  return schema?.$ref === "#/components/schemas/Answer" ? [...tests, ...answerTests] : tests;
}

const answerTests = [
  "const { items, recommendationId, reason } = pm.response.json();",
  'pm.test("has rows, each item once", () => {',
  // What goes together may be nothing, and then it is said why.
  "  pm.expect(items.length > 0 || reason !== undefined).to.be.true;",
  "  pm.expect(new Set(items.map((row) => row.itemId)).size).to.equal(items.length);",
  "  pm.expect(items.map((row) => row.rank)).to.deep.equal(items.map((_, index) => index + 1));",
  "  pm.expect(recommendationId).to.be.a('string');",
  "});",
  'if (items.length > 0) pm.collectionVariables.set("itemId", items[0].itemId);',
  "const image = items.map((row) => row.item?.image ?? '').find((name) => name.endsWith('.svg'));",
  'if (image) pm.collectionVariables.set("imageFile", image.split("/").at(-1));',
];

function script(listen: PostmanScript["listen"], exec: readonly string[]): PostmanScript {
  return { listen, script: { type: "text/javascript", exec } };
}
