import assert from "node:assert/strict";

/** What a gateway handler gives back, whichever payload it was asked with. */
export interface GatewayAnswer {
  readonly statusCode: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly multiValueHeaders?: Readonly<Record<string, unknown>>;
}

const unlike200: Readonly<Record<string, number>> = {
  ...{ "bad-request": 400, "not-json": 400, "unknown-route": 404, preflight: 204 },
  // It names no key: what is posted for anybody is no stranger's to say.
  "put-events": 401,
};

/**
 * Checks the answer to `events/NAME.json` of an application that has a model and a store of activity, asks for keys, and
 * allows https://shop.example.com as an origin.
 * @throws AssertionError saying how it differs
 */
export function checkSampleAnswer(name: string, answer: GatewayAnswer): void {
  const { statusCode, body } = answer;
  const said = `${name}: ${statusCode} ${body}`;
  if (name === "preflight" || name === "other-origin") checkOrigin(answer, said);
  assert.equal(statusCode, unlike200[name] ?? 200, said);
  if (statusCode === 204) return;
  const parsed = JSON.parse(body);
  if (statusCode >= 400) assert.deepEqual([parsed.status, typeof parsed.title], [statusCode, "string"], said);
  else if (name === "products") assert.equal(parsed.length, 20, said);
  else if (name === "health") assert.equal(parsed.state, "ready", said);
  else assert.equal(parsed.items.length, 5, said);
}

function checkOrigin({ headers, multiValueHeaders }: GatewayAnswer, said: string): void {
  const given = Object.entries({ ...headers, ...multiValueHeaders });
  const [, origin] = given.find(([name]) => name.toLowerCase() === "access-control-allow-origin") ?? [];
  assert.deepEqual([origin].flat(), ["https://shop.example.com"], said);
}
