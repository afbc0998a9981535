import type { BoundExpression, BoundTest } from "./bind.ts";

/** The event types of each bit of a history, as the model's header has them. */
export type BitTypes = readonly (readonly string[])[];

/**
 * Whether the conditions on interactions hold for an item with these events; `bits` is undefined for an item that the
 * user has done nothing with. Types that share a bit cannot be told apart.
 */
export function matchesEvents(
  { anyOf }: Pick<BoundExpression, "anyOf">,
  bitTypes: BitTypes,
  bits: number | undefined,
): boolean {
  return anyOf.some((all) => all.every((test) => holds(test, bitTypes, bits)));
}

function holds({ operator, texts, isAny }: BoundTest, bitTypes: BitTypes, bits: number | undefined): boolean {
  const happened = bits !== undefined && (isAny || (bits & bitsOf(texts, bitTypes)) !== 0);
  return happened === (operator === "IN");
}

function bitsOf(texts: readonly string[], bitTypes: BitTypes): number {
  const wanted = new Set(texts.map((text) => text.toLowerCase()));
  return bitTypes.reduce(
    (bits, types, bit) => (types.some((type) => wanted.has(type.toLowerCase())) ? bits | (1 << bit) : bits),
    0,
  );
}
