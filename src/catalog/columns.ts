import type { TensorData, TensorFile } from "../tensors/safetensors.ts";
import type { CatalogItem } from "./catalog-item.ts";
import { knownNames } from "./known-names.ts";

/** What filters read of the items, (items). */
export type Column =
  | { readonly kind: "number" /** NaN where there is none */; readonly values: Float64Array }
  | {
      readonly kind: "text";
      /** index in `texts`; past its end where there is none */
      readonly codes: Uint32Array;
      readonly texts: readonly string[];
    };

/** Texts that are longer are there to be read, not to be filtered on. */
const textLengthMax = 256;
const noText = 0xffffffff;
const encoder = new TextEncoder();

interface PackedColumn {
  readonly name: string;
  readonly kind: Column["kind"];
}

/** The attributes of items as tensors: numbers where every value is one, else codes with a dictionary. */
export function packColumns(items: readonly CatalogItem[]): Record<string, { data: TensorData }> {
  const names = new Set(items.flatMap(({ attributes }) => Object.keys(attributes)));
  const tensors: Record<string, { data: TensorData }> = {};
  const packed: PackedColumn[] = [];
  for (const name of names) {
    const column = columnOf(items, name);
    if (column === undefined) continue;
    const tensor = `attributes.${packed.length}`;
    packed.push({ name, kind: column.kind });
    if (column.kind === "number") tensors[tensor] = { data: column.values };
    else {
      tensors[tensor] = { data: column.codes };
      tensors[`${tensor}.texts`] = { data: encoder.encode(JSON.stringify(column.texts)) };
    }
  }
  return { ...tensors, attributes: { data: encoder.encode(JSON.stringify(packed)) } };
}

/** Undefined where a text is too long to be filtered on. */
function columnOf(items: readonly CatalogItem[], name: string): Column | undefined {
  const cells = items.map(({ attributes }) =>
    Object.hasOwn(attributes, name) ? attributes[name] : undefined,
  );
  if (cells.every((cell) => typeof cell !== "string")) {
    return { kind: "number", values: Float64Array.from(cells, (cell) => Number(cell ?? Number.NaN)) };
  }
  const codeOf = new Map<string, number>();
  const codes = Uint32Array.from(cells, (cell) => {
    if (cell === undefined) return noText;
    const text = String(cell);
    const code = codeOf.get(text) ?? codeOf.size;
    codeOf.set(text, code);
    return code;
  });
  const texts = [...codeOf.keys()];
  return texts.some((text) => text.length > textLengthMax) ? undefined : { kind: "text", codes, texts };
}

/** The columns of a packed catalogue by their names. Dictionaries are parsed when they are first asked for. */
export class Columns {
  readonly names: readonly string[];
  /** folded name → column */
  readonly #makers = new Map<string, () => Column>();
  readonly #made = new Map<string, Column>();

  /** @param parse reads a JSON tensor */
  constructor(
    own: Readonly<Partial<Record<keyof typeof knownNames, Column>>>,
    file: TensorFile,
    parse: (tensor: string) => unknown,
  ) {
    const packed = file.has("attributes") ? (parse("attributes") as PackedColumn[]) : [];
    // What has a meaning of its own goes before an attribute that happens to be named alike.
    for (const [role, column] of Object.entries(own)) {
      for (const name of knownNames[role as keyof typeof knownNames])
        this.#makers.set(fold(name), () => column);
    }
    packed.forEach(({ name, kind }, at) => {
      const tensor = `attributes.${at}`;
      const make = (): Column =>
        kind === "number"
          ? { kind, values: file.f64(tensor) }
          : { kind, codes: file.u32(tensor), texts: parse(`${tensor}.texts`) as string[] };
      if (!this.#makers.has(fold(name))) this.#makers.set(fold(name), make);
    });
    this.names = [
      ...Object.keys(own).map((role) => knownNames[role as keyof typeof knownNames][0]),
      ...packed.map(({ name }) => name),
    ];
  }

  /** By a name as a shop's data or a filter writes it: case, blanks, "_" and "-" do not matter. */
  find(name: string): Column | undefined {
    const key = fold(name);
    const made = this.#made.get(key) ?? this.#makers.get(key)?.();
    if (made) this.#made.set(key, made);
    return made;
  }
}

function fold(name: string): string {
  return name.toLowerCase().replace(/[\s_-]/g, "");
}
