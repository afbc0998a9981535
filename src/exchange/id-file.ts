import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { type IdTable, IdTableBuilder, idBytesMax } from "../math/id-table.ts";
import { ExchangeError } from "./exchange-error.ts";

/**
 * Ids by row: one on each line of a text file.
 * @throws ExchangeError naming the line of an id that is empty, too long, or there already
 */
export async function readIdFile(path: string): Promise<IdTable> {
  const builder = new IdTableBuilder();
  const stream = createReadStream(path, "utf8");
  const failed = new Promise<never>((_, reject) => {
    stream.on("error", (cause) => reject(new ExchangeError(`${path}: ${cause.message}`, { cause })));
  });
  failed.catch(() => {});
  await Promise.race([addLines(builder, stream, path), failed]);
  if (builder.count === 0) throw new ExchangeError(`${path}: there is not one id in it`);
  return builder.build();
}

async function addLines(builder: IdTableBuilder, stream: NodeJS.ReadableStream, path: string): Promise<void> {
  let line = 0;
  for await (const text of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) {
    line++;
    const where = `${path}: line ${line}`;
    if (text === "") throw new ExchangeError(`${where} is empty: every row of the matrix has an id`);
    if (Buffer.byteLength(text) > idBytesMax) {
      throw new ExchangeError(
        `${where} is longer than the ${idBytesMax} bytes of an id: is it an id on each line?`,
      );
    }
    if (builder.add(text) !== line - 1)
      throw new ExchangeError(`${where}: the id "${text}" is there already`);
  }
}
