import { execFile } from "node:child_process";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { ColdstartData, type PublishedModel } from "./coldstart-data.ts";
import { type Images, makeImages } from "./coldstart-images.ts";
import {
  type Cold,
  type Contender,
  coldStarts,
  requestCount,
  turns,
  type Warm,
  warmRequests,
  warmTurns,
} from "./coldstart-measure.ts";
import { compare, type Findings, figure, type Row, table } from "./comparison.ts";

const run = promisify(execFile);
const root = new URL("..", import.meta.url).pathname;
const peers = new URL("peers/coldstart/", import.meta.url).pathname;

const catalogues = (process.env.COLDSTART_ITEMS ?? "10000,100000,1000000").split(",").map(Number);

/** Cold starts and warm requests in Lambda's emulator, with everybody's files in the same S3 server. */
export async function benchColdstart(): Promise<Findings> {
  const services = await startServices();
  try {
    const images = await makeImages();
    const data = await new ColdstartData().begin();
    const bare = await againstBare(images, data);
    const seed = await againstSeed(images, data);
    return findings(bare, seed, images);
  } finally {
    await run(`${root}.ci/aws/down.sh`, { env: { ...process.env, ...services } });
  }
}

/** What does not run yet is started, and only that is stopped again. */
async function startServices(): Promise<Record<string, string>> {
  const own = { AWS_PIDS: await mkdtemp(join(tmpdir(), "aisle-bench-pids-")) };
  const program = `. ${root}.ci/aws/env.sh && ${root}.ci/aws/up.sh >&2 && env -0`;
  const { stdout } = await run("bash", ["-c", program], { env: { ...process.env, ...own } });
  const wanted = /^(AWS_|HOST_IP$|PORT_S3$|BASE_IMAGE$)/;
  const variables = stdout.split("\0").map((line) => [line.split("=", 1)[0], line.replace(/^[^=]*=/, "")]);
  const services = Object.fromEntries(variables.filter(([name]) => wanted.test(name)));
  Object.assign(process.env, services, { AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${services.PORT_S3}` });
  return services;
}

function environment(more: Readonly<Record<string, string>>): Record<string, string> {
  const { AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, HOST_IP, PORT_S3 } = process.env;
  return {
    ...{ AWS_REGION: AWS_REGION!, AWS_ACCESS_KEY_ID: AWS_ACCESS_KEY_ID! },
    ...{ AWS_SECRET_ACCESS_KEY: AWS_SECRET_ACCESS_KEY!, AWS_ENDPOINT_URL_S3: `http://${HOST_IP}:${PORT_S3}` },
    ...more,
  };
}

function ours({ ours: { tag } }: Images, { name, registry, users }: PublishedModel): Contender {
  const asked = environment({ AISLE_REGISTRY: registry, AUTH: "open", MODEL_TTL: "30" });
  const order = { image: tag, handler: "gateway.handler", environment: asked };
  const timed = {
    ...order,
    handler: "timed.handler",
    environment: { ...asked, TIMED: "gateway.mjs" },
    mounts: { [`${peers}timed.mjs`]: "/var/task/timed.mjs" },
  };
  return { name, order, timed, users };
}

interface AgainstBare {
  readonly model: PublishedModel;
  readonly ours: Cold;
  readonly bare: Cold;
}

async function againstBare(images: Images, data: ColdstartData): Promise<AgainstBare[]> {
  const found: AgainstBare[] = [];
  for (const itemCount of catalogues) {
    const model = await data.powerLawModel(itemCount);
    console.error(`${model.name}: ${turns} cold starts each …`);
    const bare: Contender = {
      ...{ name: model.name, users: model.users },
      order: {
        ...{ image: images.bare.tag, handler: "bare.handler" },
        environment: environment({ BUCKET: model.bucket, KEY: model.key }),
      },
    };
    const [own, other] = await coldStarts([ours(images, model), bare]);
    found.push({ model, ours: own, bare: other });
  }
  return found;
}

interface AgainstSeed {
  readonly cold: readonly [Cold, Cold];
  readonly warm: readonly [Warm, Warm];
}

async function againstSeed(images: Images, data: ColdstartData): Promise<AgainstSeed> {
  const model = await data.demoModel();
  const files = await data.seedFiles(images.packages);
  console.error(`the demo shop: ${turns} cold starts each, ${warmTurns} × ${requestCount} requests …`);
  const order = {
    ...{ image: images.seed.tag, handler: "seed.handler" },
    environment: environment({ BUCKET: files.bucket, PREFIX: files.prefix }),
  };
  const mounts = { [`${peers}timed.py`]: "/var/task/timed.py" };
  const seed: Contender = {
    ...{ name: "the seed's design", order, timed: { ...order, handler: "timed.handler", mounts } },
    users: model.users,
  };
  const contenders = [ours(images, model), seed];
  const [ownCold, seedCold] = await coldStarts(contenders);
  const [ownWarm, seedWarm] = await warmRequests(contenders);
  return { cold: [ownCold, seedCold], warm: [ownWarm, seedWarm] };
}

function findings(bare: readonly AgainstBare[], seed: AgainstSeed, images: Images): Findings {
  const [ownCold, seedCold] = seed.cold;
  const [ownWarm, seedWarm] = seed.warm;
  const added = { ours: images.ours.addedBytes / 1e6, seed: images.seed.addedBytes / 1e6 };
  const against = (work: string, unit: string, own: number, other: number): Row =>
    compare(`the demo shop, ${work}`, "the seed's design", unit, own, other);
  const inits = bare.map(({ model, ours: own, bare: other }) =>
    compare(`${model.name}, init`, "bare Node with S3", "ms", own.init, other.init),
  );
  const seedRows = {
    init: against("init", "ms", ownCold.init, seedCold.init),
    first: against("first answer, init included", "ms", ownCold.first, seedCold.first),
    p50: against("warm p50 over the runtime interface", "ms", ownWarm.p50, seedWarm.p50),
    p99: against("warm p99 over the runtime interface", "ms", ownWarm.p99, seedWarm.p99),
    insideP50: against("warm p50 inside the handler", "ms", ownWarm.insideP50, seedWarm.insideP50),
    insideP99: against("warm p99 inside the handler", "ms", ownWarm.insideP99, seedWarm.insideP99),
    memory: against("peak memory", "MiB", ownCold.peak / 2 ** 20, seedCold.peak / 2 ** 20),
    added: against("added to the base image", "MB", added.ours, added.seed),
  };
  const bars: readonly [string, number, readonly Row[]][] = [
    ["init beside a bare handler that makes an S3 client and reads the same bytes", 1.3, inits],
    ["init beside the seed's design", 1 / 4, [seedRows.init]],
    ["time inside a warm handler", 1 / 20, [seedRows.insideP50]],
    ["memory", 1 / 2, [seedRows.memory]],
    ["what is added to the base image", 1 / 50, [seedRows.added]],
  ];
  return {
    title: "Cold start and warm requests of the container",
    rows: [
      ...inits,
      ...bare.map(({ model, ours: own, bare: other }) =>
        compare(
          `${model.name}, first answer, init included`,
          "bare Node with S3",
          "ms",
          own.first,
          other.first,
        ),
      ),
      ...Object.values(seedRows),
    ],
    notes: [
      "Lambda's runtime interface emulator with one core and 1,769 MB, read-only, as Lambda's user; files of both in the " +
        `same S3 server on the machine. Medians of ${turns} cold starts in turns; warm requests ${warmTurns} × ` +
        `${requestCount}. *Bare Node* bundles the S3 client, makes one and reads the model's file into one buffer while it ` +
        "begins, and answers with its length. *The seed's design* is Python with implicit's model in a pickle and the " +
        "640,000 interactions in a CSV, which a request makes into a matrix anew; 200 factors there and here. Its base has " +
        "Python and boto3 already.",
      `Models: ${bare.map(({ model }) => `${model.name} ${figure(model.byteLength / 1e6)} MB`).join(", ")}.`,
      table(
        ["bar", "at most", "measured", "kept"],
        bars.map(([what, most, rows]) => [
          what,
          most >= 1 ? `${most} ×` : `1/${Math.round(1 / most)}`,
          rows
            .map(({ ratio }) => (most >= 1 ? `${ratio.toFixed(2)} ×` : `1/${(1 / ratio).toFixed(1)}`))
            .join(", "),
          rows.every(({ ratio }) => ratio <= most) ? "yes" : "**no**",
        ]),
      ),
    ],
  };
}
