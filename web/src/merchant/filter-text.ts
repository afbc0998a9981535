/** One thing that products are asked for, as a form shows it. */
export type Condition =
  | {
      readonly kind: "text";
      readonly field: string;
      readonly isIn: boolean;
      readonly values: readonly string[];
    }
  | { readonly kind: "number"; readonly field: string; readonly sign: Sign; readonly value: number };

export const signs = ["<=", ">=", "<", ">", "="] as const;
export type Sign = (typeof signs)[number];

const begin = "INCLUDE ItemID WHERE ";

/** All conditions together, in the language of filters. */
export function writeFilter(conditions: readonly Condition[]): string {
  return begin + conditions.map(writeCondition).join(" AND ");
}

function writeCondition(condition: Condition): string {
  const field = `Items.${fieldName(condition.field)}`;
  if (condition.kind === "number") return `${field} ${condition.sign} ${condition.value}`;
  const values = condition.values.map((value) => `"${value.replace(/[\\"]/g, "\\$&")}"`).join(", ");
  return `${field} ${condition.isIn ? "IN" : "NOT IN"} (${values})`;
}

/** As a filter writes it: case, blanks and dashes of a name do not matter there. */
function fieldName(name: string): string {
  return name.replace(/[\s-]+/g, "_").toUpperCase();
}

const piece =
  /^Items\.([\p{L}_][\p{L}\p{N}_]*) (?:(IN|NOT IN) \(("(?:[^"\\]|\\.)*"(?:, "(?:[^"\\]|\\.)*")*)\)|(<=|>=|<|>|=) (-?\d+(?:\.\d+)?))( AND |$)/u;

/**
 * The conditions of a filter that a form can show: those that `writeFilter` writes. `undefined` for every other one,
 * which is shown as the text that it is.
 */
export function readFilter(text: string, fields: readonly string[]): Condition[] | undefined {
  if (!text.startsWith(begin)) return undefined;
  const known = new Map(fields.map((field) => [fieldName(field), field]));
  const conditions: Condition[] = [];
  let rest = text.slice(begin.length);
  while (rest !== "") {
    const found = piece.exec(rest);
    const field = found ? known.get(found[1].toUpperCase()) : undefined;
    if (!found || field === undefined) return undefined;
    const [whole, , list, values, sign, value, joint] = found;
    conditions.push(
      list === undefined
        ? { kind: "number", field, sign: sign as Sign, value: Number(value) }
        : { kind: "text", field, isIn: list === "IN", values: readTexts(values) },
    );
    rest = rest.slice(whole.length);
    if (joint !== "" && rest === "") return undefined;
  }
  return conditions.length > 0 ? conditions : undefined;
}

function readTexts(list: string): string[] {
  return [...list.matchAll(/"((?:[^"\\]|\\.)*)"/gu)].map(([, text]) => text.replace(/\\(.)/gsu, "$1"));
}
