import { arrangeEigen, type SymmetricEigen, symmetricEigen, unitOf } from "../math/eigen.ts";
import type { CrewRun, RowPhase } from "./crew.ts";
import type { KernelMemory } from "./kernel-memory.ts";

/** Columns of the eigenvectors that a thread turns at a time. */
const columnsOfBlock = 16;
/** A sweep for each eigenvalue takes about 1.7; with more, the readable solver takes over. */
const sweepsPerRow = 8;
/** Rotations are about .85 n²; they get twice n². */
const rotationsPerCell = 2;

/**
 * What `symmetricEigen` finds, by the kernel: vectors of two, and the eigenvectors on all threads. The room is that of
 * partial Grams, which nobody needs once they are summed.
 */
export async function kernelEigen(
  memory: KernelMemory,
  run: CrewRun,
  matrix: Float64Array,
): Promise<SymmetricEigen> {
  const { rank: n, stride } = memory;
  const places = layOut(memory);
  const unit = unitOf(matrix);
  fill(memory, places.work, matrix, unit);
  await run.run(
    single("tridiagonalise", [
      ...[places.work, places.diagonal, places.beside, places.scales, places.room],
      ...[n, stride],
    ]),
  );
  await run.run(
    single("planRotations", [
      ...[places.diagonal, places.beside, places.rotations, rotationsPerCell * stride * stride],
      ...[places.sweeps, sweepsPerRow * stride, n],
    ]),
  );
  const { buffer } = memory.shared;
  if (new Uint32Array(buffer, places.sweeps, 1)[0] === 0xffffffff) return symmetricEigen(matrix, n);
  await run.run({
    name: "turnColumns",
    rowCount: n,
    blockRows: columnsOfBlock,
    args: [
      ...[places.work, places.scales, places.rotations, places.sweeps, places.vectors],
      ...[memory.scratch, n, stride],
    ],
  });
  const values = new Float64Array(buffer, places.diagonal, n).map((value) => value * unit);
  return arrangeEigen(values, new Float64Array(buffer, places.vectors, stride * n), stride);
}

function layOut({ gramRoom, stride }: KernelMemory) {
  const square = stride * stride * 8;
  const line = stride * 8;
  const lines = gramRoom + (2 + 2 * rotationsPerCell) * square;
  return {
    work: gramRoom,
    vectors: gramRoom + square,
    rotations: gramRoom + 2 * square,
    diagonal: lines,
    beside: lines + line,
    scales: lines + 2 * line,
    room: lines + 3 * line,
    sweeps: lines + 5 * line,
  };
}

function single(name: RowPhase["name"], args: number[]): RowPhase {
  return { name, rowCount: 1, blockRows: 1, args };
}

/** The matrix by its unit, (n, stride), zeros past n. */
function fill({ shared, rank: n, stride }: KernelMemory, at: number, matrix: Float64Array, unit: number) {
  const work = new Float64Array(shared.buffer, at, n * stride);
  work.fill(0);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) work[i * stride + j] = matrix[i * n + j] / unit;
}
