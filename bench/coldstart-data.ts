import { execFile } from "node:child_process";
import { createReadStream } from "node:fs";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { readConfig } from "../src/config.ts";
import { Registry } from "../src/registry/registry.ts";
import { FolderStore } from "../src/store/folder-store.ts";
import { openStore } from "../src/store/open-store.ts";
import { inChild } from "./scale.ts";
import type { ScaleTraining, TrainingOrder } from "./scale-training.ts";

const run = promisify(execFile);
const root = new URL("..", import.meta.url).pathname;
/** Models that are slow to make are kept between runs. */
const kept = new URL(".venv/data/coldstart/", import.meta.url).pathname;
const rank = 64;
const seedFactors = 200;
const userRowBytesMax = 64 * 2 ** 20;

/** A model in S3, as serving finds it and as one object. */
export interface PublishedModel {
  readonly name: string;
  readonly registry: string;
  readonly bucket: string;
  readonly key: string;
  readonly byteLength: number;
  /** ids that the model knows */
  readonly users: readonly string[];
}

export class ColdstartData {
  readonly #bucket = `bench-${process.pid}`;
  readonly #s3 = new S3Client({ forcePathStyle: true });

  async begin(): Promise<this> {
    await this.#s3.send(new CreateBucketCommand({ Bucket: this.#bucket }));
    return this;
  }

  /** A power-law shop with so many items, trained as `scale` does, its users' rows stored where `aisle train` would. */
  async powerLawModel(itemCount: number): Promise<PublishedModel> {
    const folder = `${kept}items-${itemCount}`;
    const userCount = Math.max(20_000, itemCount / 2);
    const shop = { name: `${itemCount} items`, userCount, itemCount, eventCount: userCount * 20 };
    const trained = await once(`${folder}/trained.json`, async () => {
      console.error(`training a model of ${shop.name} …`);
      const order: TrainingOrder = { shop, rank, threads: 2, folder };
      return inChild<ScaleTraining>("scale-training.ts", order);
    });
    const { version } = userCount * rank * 4 <= userRowBytesMax ? trained.stored : trained.folded;
    const users = Array.from({ length: 200 }, (_, user) => `customer-${user}`);
    return this.#publish(`${itemCount.toLocaleString("en")} items`, folder, { version, users });
  }

  /** The demo shop's model with as many factors as the seed's has. */
  async demoModel(): Promise<PublishedModel> {
    const folder = `${kept}demo`;
    const { version } = await once(`${folder}/trained.json`, async () => {
      await this.#demoShop();
      console.error(`training the demo shop's model with ${seedFactors} factors …`);
      const files = ["--events", `${kept}shop/events.csv.gz`, "--items", `${kept}shop/items.csv`];
      const asked = [
        "--factors",
        `${seedFactors}`,
        "--iterations",
        "3",
        "--trials",
        "1",
        "--force",
        "a bench",
      ];
      await run(process.execPath, [`${root}dist/cli.js`, "train", ...files, ...asked, "--registry", folder]);
      return { version: (await new Registry(new FolderStore(folder)).channel("production"))!.model! };
    });
    const users = Array.from({ length: 200 }, (_, user) => `${user * 50 + 1}`);
    return this.#publish("the demo shop", folder, { version, users });
  }

  /** The seed's two files, in one folder of the bucket. */
  async seedFiles(packages: string): Promise<{ bucket: string; prefix: string }> {
    const folder = `${kept}seed`;
    await once(`${folder}/trained.json`, async () => {
      await this.#demoShop();
      console.error("training the seed's model …");
      const program = `${root}bench/peers/coldstart/train_seed.py`;
      await run("python3", [program, `${kept}shop/events.csv.gz`, folder, `${seedFactors}`], {
        env: { ...process.env, PYTHONPATH: packages, OPENBLAS_NUM_THREADS: "1" },
      });
      return {};
    });
    for (const name of ["model.pickle", "interactions.csv"]) {
      await this.#s3.send(
        new PutObjectCommand({
          ...{ Bucket: this.#bucket, Key: `seed/${name}`, Body: createReadStream(`${folder}/${name}`) },
          ContentLength: (await stat(`${folder}/${name}`)).size,
        }),
      );
    }
    return { bucket: this.#bucket, prefix: "seed" };
  }

  async #demoShop(): Promise<void> {
    const isThere = await stat(`${kept}shop/items.csv`).catch(() => undefined);
    if (!isThere) await run(process.execPath, [`${root}dist/cli.js`, "demo", "--out", `${kept}shop`]);
  }

  async #publish(
    name: string,
    folder: string,
    { version, users }: { version: string; users: readonly string[] },
  ): Promise<PublishedModel> {
    const prefix = name.replace(/\W+/g, "-");
    const registry = `s3://${this.#bucket}/${prefix}`;
    const from = new Registry(new FolderStore(folder));
    const to = new Registry(openStore(registry, readConfig().s3));
    await from.copyTo(to, version);
    const live = await from.channel("production");
    const catalog = live?.catalog && (await to.publishCatalog(await from.readCatalog(live.catalog)));
    await to.promote("production", { model: version, catalog }, { who: "bench", why: "a bench" }, undefined);
    const { byteLength } = (await to.manifest(version)).model;
    const key = `${prefix}/models/${version}/model.safetensors`;
    return { name, registry, bucket: this.#bucket, key, byteLength, users };
  }
}

/** What `work` gave when it was first asked; it is kept as JSON. */
async function once<T>(path: string, work: () => Promise<T>): Promise<T> {
  const found = await readFile(path, "utf8").catch(() => undefined);
  if (found !== undefined) return JSON.parse(found) as T;
  await mkdir(new URL(".", `file://${path}`).pathname, { recursive: true });
  const made = await work();
  await writeFile(path, JSON.stringify(made));
  return made;
}
