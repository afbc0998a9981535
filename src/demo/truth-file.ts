import type { DemoTruth } from "./truth.ts";

const arrayKinds = {
  knots: Float32Array,
  launchDay: Uint8Array,
  offers: Uint16Array,
  itemType: Uint8Array,
  itemStyle: Uint8Array,
  itemTier: Uint8Array,
  preferences: Uint8Array,
  discounts: Uint8Array,
  styleTaste: Uint8Array,
  favourites: Uint16Array,
  purchaseStarts: Uint32Array,
  purchaseItems: Uint16Array,
  purchaseTimes: Uint32Array,
};
const version = 1;

/** The text does not hold the truth of a demo shop. */
export class TruthFileError extends Error {
  override name = "TruthFileError";
}

/** The truth as one JSON document of under a megabyte: numbers, and arrays as base64 of their little-endian bytes. */
export function packTruth(truth: DemoTruth): string {
  const arrays = Object.keys(arrayKinds).map((name) => {
    const { buffer, byteOffset, byteLength } = truth[name as keyof typeof arrayKinds];
    return [name, Buffer.from(buffer, byteOffset, byteLength).toString("base64")];
  });
  const { seed, startTime } = truth;
  return `${JSON.stringify({ version, seed, startTime, ...Object.fromEntries(arrays) })}\n`;
}

/** What `packTruth` wrote. `where` names the file in a TruthFileError. */
export function unpackTruth(text: string, where: string): DemoTruth {
  const fields = parse(text, where);
  if (fields.version !== version) {
    throw new TruthFileError(
      `${where}: version is ${fields.version}, not ${version}; make the demo shop anew`,
    );
  }
  const arrays = Object.entries(arrayKinds).map(([name, kind]) => {
    const bytes = typeof fields[name] === "string" ? Buffer.from(fields[name], "base64") : undefined;
    if (bytes === undefined || bytes.length % kind.BYTES_PER_ELEMENT !== 0) {
      throw new TruthFileError(`${where}: ${name} is damaged; make the demo shop anew`);
    }
    return [name, new kind(new Uint8Array(bytes).buffer)];
  });
  return { seed: Number(fields.seed), startTime: Number(fields.startTime), ...Object.fromEntries(arrays) };
}

function parse(text: string, where: string): Record<string, unknown> {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new TruthFileError(`${where}: is not JSON; make the demo shop anew`, { cause });
  }
}
