import type { BoundExpression, BoundTest } from "./bind.ts";

/** What is known of a user beside events, by name as the shop wrote it. */
export type UserAttributes = Readonly<Record<string, string | number | boolean | null>>;

/** Whether an expression applies to this user: one of whom a tested field is not known fails the test. */
export function appliesTo({ user }: BoundExpression, attributes: UserAttributes = {}): boolean {
  return user.every((test) => holds(test, attributeOf(attributes, test.field)));
}

function attributeOf(attributes: UserAttributes, field: string): string | number | boolean | undefined {
  const wanted = fold(field);
  const name = Object.hasOwn(attributes, field)
    ? field
    : Object.keys(attributes).find((each) => fold(each) === wanted);
  return name === undefined ? undefined : (attributes[name] ?? undefined);
}

function holds(
  { operator, texts, numbers }: BoundTest,
  value: string | number | boolean | undefined,
): boolean {
  if (value === undefined) return false;
  const text = String(value);
  const number = typeof value === "string" && value.trim() === "" ? Number.NaN : Number(value);
  // Texts compare as texts, and so do numbers that are written otherwise: 1.0 is 1.
  const isIn = texts.some(
    (each, at) => each === text || text.split("|").includes(each) || numbers[at] === number,
  );
  switch (operator) {
    case "IN":
    case "=":
      return isIn;
    case "NOT IN":
      return !isIn;
    case "<":
      return number < numbers[0];
    case "<=":
      return number <= numbers[0];
    case ">":
      return number > numbers[0];
    case ">=":
      return number >= numbers[0];
  }
}

function fold(name: string): string {
  return name.toLowerCase().replace(/[\s_-]/g, "");
}
