import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { lineDiff } from "./line-diff.ts";

/** Where each file of the package goes in a shop's repository; the shop's own are written once and then left alone. */
const delivered = [
  { name: "aisle.json", target: "aisle.json", isShops: true },
  { name: "package.json", target: "package.json", isShops: true },
  { name: "gitignore", target: ".gitignore", isShops: true },
  { name: "template.yaml", target: "template.yaml", isShops: false },
  { name: "samconfig.toml", target: "samconfig.toml", isShops: false },
  { name: "Dockerfile", target: "Dockerfile", isShops: false },
  { name: "dockerignore", target: ".dockerignore", isShops: false },
  { name: "aisle.yml", target: ".github/workflows/aisle.yml", isShops: false },
  { name: "aisle-sign-in.yaml", target: "aisle-sign-in.yaml", isShops: false },
] as const;

/** `kept` is the shop's own; `differs` is the package's, changed by the shop or by a newer version. */
export type FileState = "created" | "unchanged" | "kept" | "differs" | "replaced";

export interface ShopFile {
  readonly path: string;
  readonly state: FileState;
  /** from the shop's file to the package's, where they differ */
  readonly diff: string;
}

export interface InitOptions {
  /** the package's files, as its build left them */
  readonly from: string;
  /** the shop's repository */
  readonly folder: string;
  /** replace what differs, but never what is the shop's own */
  readonly force?: boolean | undefined;
  /** say what would be done, and write nothing */
  readonly isDry?: boolean;
}

/** Puts into a shop's repository what is missing there, and says of the rest whether it is as delivered. */
export async function writeShopFiles({ from, folder, force, isDry }: InitOptions): Promise<ShopFile[]> {
  const files: ShopFile[] = [];
  for (const { name, target, isShops } of delivered) {
    const fresh = await readFile(join(from, name), "utf8");
    const path = join(folder, target);
    const old = await readIfThere(path);
    const state = stateOf(old, fresh, { isShops, force });
    if (!isDry && (state === "created" || state === "replaced")) {
      await mkdir(dirname(path), { recursive: true });
      // Whoever made the file in the meantime keeps it.
      await writeFile(path, fresh, { flag: state === "created" ? "wx" : "w" });
    }
    const isCompared = state === "differs" || state === "replaced";
    files.push({ path: target, state, diff: isCompared ? lineDiff(old!, fresh) : "" });
  }
  return files;
}

function stateOf(
  old: string | undefined,
  fresh: string,
  { isShops, force }: { isShops: boolean; force: boolean | undefined },
): FileState {
  if (old === undefined) return "created";
  if (old === fresh) return "unchanged";
  if (isShops) return "kept";
  return force ? "replaced" : "differs";
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
