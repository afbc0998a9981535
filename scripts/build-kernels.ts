import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import asc from "assemblyscript/asc";

const sources = new URL("../src/kernel/", import.meta.url).pathname;
const built = join(sources, "built");

/** The kernels and the memory each one works in: the solver's is shared between threads. */
const kernels = {
  solver: ["--importMemory", "--sharedMemory", "--maximumMemory", "65536", "--enable", "threads"],
  scorer: ["--importMemory", "--noExportMemory"],
} satisfies Record<string, string[]>;

/**
 * Compiles each AssemblyScript source to WASM and writes it as a module that holds it in base64: a bundle then
 * needs no file beside it, and workers, tests and Lambda load it the same way.
 */
export async function buildKernels(): Promise<void> {
  await mkdir(built, { recursive: true });
  await Promise.all(Object.entries(kernels).map(([name, flags]) => buildKernel(name, flags)));
}

async function buildKernel(name: string, flags: string[]): Promise<void> {
  const wasm = join(built, `${name}.wasm`);
  const { error, stderr } = await asc.main([
    join(sources, `${name}.ts`),
    ...["--outFile", wasm, "-O3", "--runtime", "stub", "--enable", "simd", "--noAssert"],
    ...["--use", "abort=", "--initialMemory", "1"],
    ...flags,
  ]);
  if (error) throw new Error(`src/kernel/${name}.ts does not compile:\n${stderr.toString()}`);
  const code = await readFile(wasm);
  const module = join(built, `${name}.ts`);
  // Written aside and renamed: a test run that starts meanwhile never reads half a module.
  await writeFile(`${module}.new`, `export const ${name}Wasm =\n  "${code.toString("base64")}";\n`);
  await rename(`${module}.new`, module);
}

if (import.meta.main) await buildKernels();
