import { alignUp } from "../tensors/header.ts";
import { scratchBytes } from "./scan.ts";
import { wasmPageBytes } from "./scorer.ts";

/** A model's file in a memory of its own, with room for the scorer after the file's last byte. */
export interface ModelBuffer {
  readonly memory: WebAssembly.Memory;
  /** the whole file: read it in here, write it out from here */
  readonly fileBytes: Uint8Array<ArrayBuffer>;
  readonly scratchOffset: number;
}

/** A file that is no model of ours, or a damaged one. */
export class ModelFileError extends Error {
  override name = "ModelFileError";
}

const pagesMax = 65_536;
/** The largest file that fits beside the scorer's room. */
export const modelBytesMax = pagesMax * wasmPageBytes - alignUp(scratchBytes);

/**
 * Memory for a file of this many bytes. It never grows, since growing detaches every view.
 * @throws ModelFileError past 4 GiB
 */
export function allocateModel(byteLength: number): ModelBuffer {
  const scratchOffset = alignUp(byteLength);
  if (byteLength > modelBytesMax) {
    throw new ModelFileError(
      `a model of ${byteLength} bytes does not fit into 4 GiB: take a lower rank, or leave out users with a single event`,
    );
  }
  const pages = Math.ceil((scratchOffset + scratchBytes) / wasmPageBytes);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  return { memory, fileBytes: new Uint8Array(memory.buffer, 0, byteLength), scratchOffset };
}
