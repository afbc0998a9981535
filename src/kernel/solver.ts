/**
 * Half-steps of alternating least squares on blocks of rows: what each thread runs. Plain SIMD in f32, sums
 * across rows in f64.
 *
 * A dense matrix is (rows, stride) f32, row-major: stride is a multiple of 8, zeros past the rank, and rows
 * are padded with zeros to a multiple of 64. Sparse rows are starts (rows + 1) u32, columns u32, values f32.
 * Every function works on rows from ≤ r < to and writes nothing else but its scratch room, so that threads
 * may take blocks in any order and the bytes are the same.
 */
export { stepRows } from "./conjugate-gradient";
export { planRotations, tridiagonalise } from "./eigen";
export { turnColumns } from "./eigen-vectors";
export { solveRows } from "./exact-rows";
export { gramRows } from "./gram";
export { averageRows, lossRows, squareRows } from "./pairs";
export { projectRows } from "./project";
export { signRows } from "./signs";
