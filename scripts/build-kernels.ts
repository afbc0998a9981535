import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import asc from "assemblyscript/asc";

const sources = new URL("../src/kernel/", import.meta.url).pathname;
const built = join(sources, "built");

/** Each kernel's source, and what it is compiled for: the solver's memory is shared between threads. */
const kernels = {
  solver: [
    "solver.ts",
    "--importMemory",
    "--sharedMemory",
    "--maximumMemory",
    "65536",
    "--enable",
    "threads",
  ],
  scorer: ["scorer.ts", "--importMemory", "--noExportMemory"],
  "scorer-relaxed": ["scorer.ts", "--importMemory", "--noExportMemory", "--enable", "relaxed-simd"],
} satisfies Record<string, string[]>;

/**
 * Compiles each AssemblyScript source to WASM and writes it as a module that holds it in base64: a bundle then
 * needs no file beside it, and workers, tests and Lambda load it the same way.
 */
export async function buildKernels(): Promise<void> {
  await mkdir(built, { recursive: true });
  await Promise.all(
    Object.entries(kernels).map(([name, [from, ...flags]]) => buildKernel(name, from, flags)),
  );
}

async function buildKernel(name: string, from: string, flags: string[]): Promise<void> {
  const wasm = join(built, `${name}.wasm`);
  const { error, stderr } = await asc.main([
    join(sources, from),
    ...["--outFile", wasm, "-O3", "--runtime", "stub", "--enable", "simd", "--noAssert"],
    ...["--use", "abort=", "--initialMemory", "1"],
    ...flags,
  ]);
  if (error) throw new Error(`src/kernel/${from} does not compile:\n${stderr.toString()}`);
  const code = await readFile(wasm);
  const module = join(built, `${name}.ts`);
  // Written aside and renamed: a test run that starts meanwhile never reads half a module.
  await writeFile(
    `${module}.new`,
    `export const ${name.replace(/-./g, ([, letter]) => letter.toUpperCase())}Wasm =\n  "${code.toString("base64")}";\n`,
  );
  await rename(`${module}.new`, module);
}

if (import.meta.main) await buildKernels();
