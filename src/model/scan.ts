import { scorerWasm } from "../kernel/built/scorer.ts";
import { scorerRelaxedWasm } from "../kernel/built/scorer-relaxed.ts";
import { blockCountOf, blockRows, type CodePlan, type Codes } from "./code-layout.ts";
import { type PlaceMask, wordsPerBlock } from "./place-mask.ts";
import { QueryCodes, queryBytes } from "./query-codes.ts";
import { dotsPlainly, type ScanOrder, type ScanTally, scanPlainly } from "./scan-plainly.ts";

/** How the codes are multiplied. All give the same places; each is as fast as the one before allows. */
export const instructionSets = ["relaxed-simd", "simd", "javascript"] as const;
export type Instructions = (typeof instructionSets)[number];

/** Room for the places that one scan finds, in u32. */
const foundMax = 4096;
/** Blocks that one scan may look at. */
export const scanBlocksMax = 256;
const visibleWords = scanBlocksMax * wordsPerBlock;
export const scratchBytes = queryBytes + (foundMax + visibleWords) * 4;

/** Relaxed SIMD is in Node from version 20.10 on, but not in every engine: a module that needs it tells. */
export function bestInstructions(): Instructions {
  return WebAssembly.validate(wasmOf("relaxed-simd")) ? "relaxed-simd" : "simd";
}

/** For tests and benchmarks; a server leaves both out. */
export interface ScanOptions {
  /** the best that the runtime has, where absent */
  readonly instructions?: Instructions;
  /** counts what each stage touches; in JavaScript only */
  readonly tally?: ScanTally;
}

/** Codes that can be scanned for a query, over and over. */
export interface Scan {
  readonly query: QueryCodes;
  /** the places that the last `run` found */
  readonly found: Uint32Array;
  /** As `scanPlainly`, over at most `scanBlocksMax` blocks; what a mask leaves out is not found. */
  run(order: Omit<ScanOrder, "foundMax" | "visible">, mask?: PlaceMask): number;
  /** Dot products of the codes of up to `dotBlocksMax` blocks with the query's, by place: into `found`, as i32. */
  dots(fromBlock: number, toBlock: number): Int32Array;
}

/** Blocks whose dot products fit. */
export const dotBlocksMax = foundMax / blockRows;

/** The codes lie in `memory`, and `scratchOffset` is where `scratchBytes` of it are free. */
export function openScan(
  { codes, plan, memory, scratchOffset }: CodesInMemory,
  { instructions = bestInstructions(), tally }: ScanOptions = {},
): Scan {
  const query = new QueryCodes(plan, memory.buffer, scratchOffset, instructions === "simd");
  const found = new Uint32Array(memory.buffer, scratchOffset + queryBytes, foundMax);
  const dotProducts = new Int32Array(memory.buffer, found.byteOffset, foundMax);
  if (instructions === "javascript") {
    const run: Scan["run"] = (order, mask) => {
      const visible = mask?.words.subarray(order.fromBlock * wordsPerBlock, order.toBlock * wordsPerBlock);
      return scanPlainly({ codes, plan }, query, found, { ...order, foundMax, visible }, tally);
    };
    const dots: Scan["dots"] = (fromBlock, toBlock) => {
      dotsPlainly({ codes, plan }, query, dotProducts, { fromBlock, toBlock });
      return dotProducts;
    };
    return { query, found, run, dots };
  }
  const { scan: kernel, dots: multiply } = instantiate(instructions, memory);
  const head = [
    scratchOffset,
    codes.prefix.byteOffset,
    codes.rest.byteOffset,
    codes.blocks.byteOffset,
    found.byteOffset,
  ] as const;
  const sizes = [blockCountOf(codes), codes.rows.length, plan.prefixBytes / 4, plan.restBytes / 4] as const;
  const visible = new Uint32Array(memory.buffer, found.byteOffset + found.byteLength, visibleWords);
  return {
    query,
    found,
    run: ({ fromBlock, toBlock, isPerNorm }, mask) => {
      if (mask) visible.set(mask.words.subarray(fromBlock * wordsPerBlock, toBlock * wordsPerBlock));
      const visibleAt = mask ? visible.byteOffset : 0;
      return kernel(...head, fromBlock, toBlock, ...sizes, isPerNorm ? 1 : 0, foundMax, visibleAt);
    },
    dots: (fromBlock, toBlock) => {
      const [queryAt, prefixAt, restAt, , into] = head;
      const [, , prefixVectors, restVectors] = sizes;
      multiply(queryAt, prefixAt, restAt, into, fromBlock, toBlock, prefixVectors, restVectors);
      return dotProducts;
    },
  };
}

export interface CodesInMemory {
  readonly codes: Codes;
  readonly plan: CodePlan;
  readonly memory: WebAssembly.Memory;
  readonly scratchOffset: number;
}

type Kernel = Readonly<Record<"scan" | "dots", (...args: number[]) => number>>;
const compiled = new Map<Instructions, WebAssembly.Module>();

function instantiate(instructions: Exclude<Instructions, "javascript">, memory: WebAssembly.Memory): Kernel {
  const module = compiled.get(instructions) ?? new WebAssembly.Module(wasmOf(instructions));
  compiled.set(instructions, module);
  return new WebAssembly.Instance(module, { env: { memory } }).exports as Kernel;
}

function wasmOf(instructions: Exclude<Instructions, "javascript">): Uint8Array {
  return Buffer.from(instructions === "simd" ? scorerWasm : scorerRelaxedWasm, "base64");
}
