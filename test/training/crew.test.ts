import { Buffer } from "node:buffer";
import { afterEach, describe, expect, it } from "vitest";
import { inlineCrew } from "../../src/als/crew.ts";
import { trainKernel } from "../../src/als/kernel.ts";
import { makeProblem } from "../../src/als/objective.ts";
import { CrewError, ThreadCrew } from "../../src/training/crew.ts";
import { fitRecipe } from "../../src/training/fit.ts";
import { randomConfidence } from "../als/fixtures.ts";
import { tinyLog, tinyRecipe, withAls } from "./tiny-shop.ts";

const crews: ThreadCrew[] = [];
function crewOf(threads: number, signal?: AbortSignal): ThreadCrew {
  const crew = new ThreadCrew(threads, signal);
  crews.push(crew);
  return crew;
}
afterEach(() => Promise.all(crews.splice(0).map((crew) => crew.close())));

describe("a crew of threads", () => {
  it.each(["cg", "exact"] as const)(
    "makes the same model, byte for byte, of 1, 2 and 3 threads (%s)",
    async (solver) => {
      const log = tinyLog();
      const recipe = withAls({ solver });
      const alone = (await fitRecipe(log, recipe)).model.buffer.fileBytes;
      for (const threads of [1, 2, 3]) {
        const { model } = await fitRecipe(log, recipe, crewOf(threads));
        expect(Buffer.compare(model.buffer.fileBytes, alone), `${threads} threads`).toBe(0);
      }
    },
  );

  it("tells the same losses from any number of threads, and they never rise under the exact solver", async () => {
    const { als } = withAls({ solver: "exact" });
    const problem = makeProblem(randomConfidence(300, 120), als);
    const lossesOf = async (crew: ThreadCrew | typeof inlineCrew) => {
      const losses: number[] = [];
      await trainKernel(problem, als, { crew, onIteration: ({ loss }) => void losses.push(loss) });
      return losses;
    };
    const alone = await lossesOf(inlineCrew);
    expect(alone).toHaveLength(4);
    for (let at = 1; at < alone.length; at++) expect(alone[at]).toBeLessThanOrEqual(alone[at - 1]);
    for (const threads of [2, 3]) expect(await lossesOf(crewOf(threads))).toEqual(alone);
  });

  it("trains one model after another, and two at once never", async () => {
    const log = tinyLog();
    const crew = crewOf(2);
    const first = fitRecipe(log, tinyRecipe, crew);
    await expect(fitRecipe(log, tinyRecipe, crew)).rejects.toThrow("one model at a time");
    const { model } = await first;
    const again = await fitRecipe(log, tinyRecipe, crew);
    expect(Buffer.compare(model.buffer.fileBytes, again.model.buffer.fileBytes)).toBe(0);
  });

  it("stops before its next phase when it is interrupted", async () => {
    const controller = new AbortController();
    const crew = crewOf(2, controller.signal);
    const log = tinyLog();
    const training = fitRecipe(log, withAls({ iterations: 100_000 }), crew);
    setImmediate(() => controller.abort(new Error("interrupted")));
    await expect(training).rejects.toThrow("interrupted");
  });

  it("says that it was closed instead of waiting for threads that are gone", async () => {
    const crew = crewOf(2);
    const training = fitRecipe(tinyLog(), withAls({ iterations: 100_000 }), crew);
    setImmediate(() => void crew.close());
    await expect(training).rejects.toThrow(CrewError);
    await expect(fitRecipe(tinyLog(), tinyRecipe, crew)).rejects.toThrow(/one model|closed/);
  });

  it.each([0, 1.5, Number.NaN])("is not made of %s threads", (threads) => {
    expect(() => new ThreadCrew(threads)).toThrow(RangeError);
  });
});
