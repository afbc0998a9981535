import { solverWasm } from "../kernel/built/solver.ts";

/** A function of the kernel over all rows of a matrix, block by block. */
export interface RowPhase {
  readonly name:
    | "signRows"
    | "averageRows"
    | "gramRows"
    | "projectRows"
    | "stepRows"
    | "solveRows"
    | "lossRows"
    | "squareRows"
    | "tridiagonalise"
    | "planRotations"
    | "turnColumns";
  readonly rowCount: number;
  readonly blockRows: number;
  /** what follows `from, to` */
  readonly args: readonly PhaseArgument[];
}

/**
 * An argument that is the same for all, or one that moves on with the block or with the thread that works on
 * it.
 */
export type PhaseArgument =
  | number
  | { readonly start: number; readonly step: number; readonly per: "block" | "thread" };

/**
 * Who works on the blocks of a phase. Blocks write to places of their own, so that any number of threads in
 * any order gives the same bytes.
 */
export interface RowCrew {
  readonly threadCount: number;
  /** Opens the kernel on `memory` for every thread; one run at a time. */
  enter(memory: WebAssembly.Memory): Promise<CrewRun>;
}

export interface CrewRun {
  /** Resolves when every block is done. */
  run(phase: RowPhase): Promise<void>;
  /** Lets go of the memory. */
  leave(): void;
}

export type SolverKernel = Readonly<Record<RowPhase["name"], (...args: number[]) => void>>;

let compiled: WebAssembly.Module | undefined;

/** `memory` must be shared. */
export function openKernel(memory: WebAssembly.Memory): SolverKernel {
  compiled ??= new WebAssembly.Module(Buffer.from(solverWasm, "base64"));
  return new WebAssembly.Instance(compiled, { env: { memory } }).exports as unknown as SolverKernel;
}

export function blockCount(phase: RowPhase): number {
  return Math.ceil(phase.rowCount / phase.blockRows);
}

export function runBlock(kernel: SolverKernel, phase: RowPhase, block: number, thread: number): void {
  const from = block * phase.blockRows;
  const to = Math.min(from + phase.blockRows, phase.rowCount);
  const args = phase.args.map((argument) => {
    if (typeof argument === "number") return argument;
    return argument.start + argument.step * (argument.per === "block" ? block : thread);
  });
  kernel[phase.name](from, to, ...args);
}

/** How long a thread that others wait for may compute before it looks at its events. */
const turnMsMax = 20;

/**
 * Runs the blocks that `take` hands out on the calling thread, until it gives one past the last; between them
 * the event loop gets its turn.
 */
export async function runInTurns(kernel: SolverKernel, phase: RowPhase, take: () => number): Promise<void> {
  const count = blockCount(phase);
  let turnBegan = performance.now();
  for (let block = take(); block < count; block = take()) {
    runBlock(kernel, phase, block, 0);
    if (performance.now() - turnBegan > turnMsMax) {
      await new Promise((resolve) => setImmediate(resolve));
      turnBegan = performance.now();
    }
  }
}

/** The calling thread alone. */
export const inlineCrew: RowCrew = {
  threadCount: 1,
  async enter(memory) {
    const kernel = openKernel(memory);
    return {
      run(phase) {
        let next = 0;
        return runInTurns(kernel, phase, () => next++);
      },
      leave() {},
    };
  },
};
