import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { type DeployOrder, deploy } from "../../src/rollout/deploy.ts";
import { DeployError, planDeploy, releaseOf } from "../../src/rollout/deploy-plan.ts";
import { startRollout } from "../../src/rollout/rollout.ts";
import { FakeAws } from "./fake-aws.ts";

describe("the plan of a deployment", () => {
  const image = "sha256:1";
  const pinned = (model: string) => ({ AISLE_MODE: "pinned", BEST_MODEL: model });

  it("keeps the model that is served, whatever the stack and the channel say", () => {
    const deployed = { Mode: "pinned", BestModel: "first", Memory: "1769", Release: "old" };
    const plan = planDeploy({
      ...{ deployed, served: pinned("rolled out"), promoted: "promoted", image },
      asked: { Memory: "3008" },
    });
    expect(plan).toMatchObject({ model: "rolled out", modelFrom: "the version that the alias serves" });
    expect(plan.parameters).toMatchObject({ BestModel: "rolled out", Memory: "3008" });
    expect(plan.changes.map(({ name, from }) => [name, from])).toEqual([
      ["Memory", "1769"],
      ["BestModel", "first"],
      ["Release", "old"],
    ]);
  });

  it("takes the channel's model at first, and when a function stops following", () => {
    const asked = { Mode: "pinned" };
    expect(planDeploy({ asked, promoted: "m1", image }).parameters.BestModel).toBe("m1");
    const served = { AISLE_MODE: "follow", BEST_MODEL: "stale" };
    expect(
      planDeploy({ asked, served, deployed: { Mode: "follow" }, promoted: "m2", image }).parameters.BestModel,
    ).toBe("m2");
    expect(() => planDeploy({ asked, image })).toThrow(DeployError);
  });

  it("leaves the model out where the channel is followed", () => {
    const plan = planDeploy({ asked: { Mode: "follow", BestModel: "m" }, promoted: "m1", image });
    expect(plan.parameters).toEqual({ Mode: "follow", Release: expect.stringMatching(/^[0-9a-f]{64}$/) });
  });

  it("moves no model by hand", () => {
    const question = {
      asked: { BestModel: "m2" },
      served: pinned("m1"),
      deployed: { Mode: "pinned" },
      image,
    };
    expect(() => planDeploy(question)).toThrow(/aisle rollout --model m2/);
  });

  it("names a release by the image, the model and every other parameter, and by nothing else", () => {
    const text = fc.string({ maxLength: 5 });
    const release = fc.tuple(text, fc.dictionary(fc.constantFrom("BestModel", "Memory", "Mode"), text));
    const shuffled = (record: Record<string, string>) => Object.fromEntries(Object.entries(record).reverse());
    fc.assert(
      fc.property(release, release, ([image1, one], [image2, two]) => {
        const settled = (image: string, { BestModel = "", ...rest }: Record<string, string>) =>
          JSON.stringify([image, BestModel, Object.entries(rest).sort()]);
        const isSame = settled(image1, one) === settled(image2, two);
        expect(releaseOf(image1, one) === releaseOf(image2, two)).toBe(isSame);
        expect(releaseOf(image1, { ...shuffled(one), Release: "before" })).toBe(releaseOf(image1, one));
      }),
      { seed: 1 },
    );
  });
});

let aws: FakeAws;
let commands: string[][];
let said: string[];
let missing: string | undefined;
let onDeploy: () => void;
beforeEach(async () => {
  aws = await FakeAws.make();
  const outputs = { FunctionName: "shop-recommendations", AliasName: "live", Registry: "the stack's" };
  const parameters = { Mode: "pinned", BestModel: aws.old, Memory: "1769", Channel: "production" };
  aws.stackNow = { name: "shop", status: "UPDATE_COMPLETE", parameters, outputs };
  [commands, said, missing, onDeploy] = [[], [], undefined, () => {}];
});

const builtTemplate = `Resources:
  CheckBeforeTraffic:
    Properties:
      ImageUri: checkbeforetraffic:latest
  Recommendations:
    Type: AWS::Serverless::Function
    Properties:
      PackageType: Image

      ImageUri: recommendations:latest
`;

const order: DeployOrder = {
  ...{
    stack: "shop",
    configEnv: "prod",
    configFile: "samconfig.toml",
    asked: { AllowedOrigins: "https://a b" },
  },
  ...{ registryDefault: ".aisle", channel: "production", dryRun: false, yes: true },
};

const run = (changes: Partial<DeployOrder> = {}) => {
  const program = async (command: readonly string[]): Promise<string> => {
    if (command[0] === missing) throw new DeployError(`${missing} is not there`);
    commands.push([...command]);
    if (command[1] === "deploy") onDeploy();
    return command[1] === "image" ? "sha256:abc\n" : "";
  };
  return deploy(
    { ...order, ...changes },
    {
      ...{ functions: aws, stacks: aws, deployments: aws, say: (line: string) => void said.push(line) },
      openRegistry: (location) => {
        expect(location).toBe("the stack's");
        return aws.registry;
      },
      programs: {
        run: async (command) => void (await program(command)),
        read: program,
        readText: async () => builtTemplate,
      },
    },
  );
};

describe("a deployment", () => {
  it("builds, makes the image and deploys it with the model that is served", async () => {
    const { parameters } = await run();
    expect(commands.map((command) => command.slice(0, 2).join(" "))).toEqual([
      ...["sam --version", "docker info", "npm run", "sam build", "docker image", "sam deploy"],
    ]);
    expect(commands[4].at(-1)).toBe("recommendations:latest");
    expect(commands[5]).toEqual(
      expect.arrayContaining([
        ...[
          "--config-env",
          "prod",
          "--stack-name",
          "shop",
          "--no-confirm-changeset",
          "--parameter-overrides",
        ],
        ...['AllowedOrigins="https://a b"', `BestModel=${aws.old}`, `Release=${parameters.Release}`],
      ]),
    );
  });

  it("after a rollout still serves the rolled-out model when it changes something else", async () => {
    const careful = { steps: [100], waitSeconds: 0, alarms: [], errorShareMax: 0, why: "better" };
    const rollout = {
      channel: "production",
      functionName: "shop-recommendations",
      alias: "live",
      model: aws.new,
    };
    await startRollout({ ...rollout, ...careful }, aws.ports, { who: "anna" });
    const before = releaseOf("sha256:abc", aws.stackNow!.parameters);
    const { parameters } = await run({ asked: { Memory: "3008" } });
    expect(parameters.BestModel).toBe(aws.new);
    expect(parameters.Release).not.toBe(before);
    expect(await aws.channelModel()).toBe(aws.new);
  });

  it("prints every command and each changed parameter, and does nothing, in a dry run", async () => {
    await run({ dryRun: true, asked: { Memory: "3008", Channel: "production" } });
    expect(commands).toEqual([]);
    expect(said).toEqual([
      "would run: npm run build --if-present",
      "would run: sam build --config-file samconfig.toml --config-env prod --parameter-overrides Memory=3008 Channel=production",
      expect.stringMatching(
        /^would run: sam deploy .*--stack-name shop .* Memory=3008 Channel=production BestModel=/,
      ),
      `model: ${aws.old}, from the version that the alias serves`,
      "Memory: 1769 → 3008",
      "Release: (known when the image is made)",
    ]);
  });

  it("is refused while a rollout, a stack update or CodeDeploy runs, or traffic is split", async () => {
    aws.live = { ...aws.live, weights: { "2": 0.1 } };
    await expect(run()).rejects.toThrow(/is being shifted: it sends 10 % of the traffic to version 2/);
    aws.live = { ...aws.live, weights: {} };
    aws.deploymentsNow = ["d-1"];
    await expect(run()).rejects.toThrow(/deployment d-1/);
    aws.deploymentsNow = [];
    aws.stackNow = { ...aws.stackNow!, status: "UPDATE_ROLLBACK_IN_PROGRESS" };
    await expect(run()).rejects.toThrow(/UPDATE_ROLLBACK_IN_PROGRESS/);
    aws.stackNow = { ...aws.stackNow!, status: "UPDATE_COMPLETE" };
    const careful = { steps: [10, 100], waitSeconds: 60, alarms: [], errorShareMax: 0, why: "better" };
    const rollout = {
      channel: "production",
      functionName: "shop-recommendations",
      alias: "live",
      model: aws.new,
    };
    aws.revive({ at: 30, after: true, crash: true });
    await startRollout({ ...rollout, ...careful }, aws.ports, { who: "anna" }).catch(() => {});
    aws.revive();
    await expect(run()).rejects.toThrow(/a rollout of model .* is under way/);
    expect(commands).toEqual([]);
  });

  it.each(["sam", "docker"])("says before building that %s is missing", async (program) => {
    missing = program;
    await expect(run()).rejects.toThrow(`${program} is not there`);
    expect(commands.filter(([name]) => name === "npm")).toEqual([]);
  });

  it("notices where another model is served afterwards", async () => {
    onDeploy = () =>
      aws.versionsPublished.set("1", {
        ...aws.latest,
        environment: { AISLE_MODE: "pinned", BEST_MODEL: "x" },
        description: "",
      });
    await expect(run()).rejects.toThrow(/serves model x/);
  });
});
