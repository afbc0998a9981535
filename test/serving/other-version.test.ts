import { describe, expect, it } from "vitest";
import { UnknownVersionError } from "../../src/registry/documents.ts";
import { QueryError } from "../../src/serving/query.ts";
import { Serving } from "../../src/serving/serving.ts";
import { popularModel, smallSource } from "./small-shop.ts";

describe("a version beside the live one", () => {
  it("answers the same question by its own model, and the live one goes on", async () => {
    const serving = await Serving.start({ source: smallSource() });
    const query = { userId: "user 2", numResults: 5 };
    const other = await serving.compare({ ...query, model: "v0" });
    expect(other).toMatchObject({ source: "popular", model: { version: "v0" }, userId: "user 2" });
    expect(other.items.every(({ item }) => item !== undefined)).toBe(true);
    const live = serving.answer(query);
    expect(live.model.version).toBe("v1");
    const { recommendationId: _, ...same } = await serving.compare({ ...query, model: "v1" });
    const { recommendationId: __, ...expected } = live;
    expect(same).toEqual(expected);
  });

  it("is loaded once, and makes room for the next", async () => {
    const source = smallSource();
    source.models.set("v2", async () => ({ model: await popularModel() }));
    const serving = await Serving.start({ source });
    const ask = (model: string) => serving.compare({ model, numResults: 3 });
    const loads = source.modelLoads;
    await Promise.all([ask("v0"), ask("v0"), ask("v0")]);
    expect(source.modelLoads - loads).toBe(1);
    await Promise.all([ask("v2"), ask("v0")]);
    expect(source.modelLoads - loads).toBe(3);
  });

  it("shows the catalogue that is live by now", async () => {
    const source = smallSource();
    const serving = await Serving.start({ source });
    await serving.compare({ model: "v0" });
    source.state = { etag: "2", model: "v1" };
    await serving.refresh();
    const { items } = await serving.compare({ model: "v0", numResults: 3 });
    expect(items.every(({ item }) => item === undefined)).toBe(true);
  });

  it("is refused where it is not there, and where it does not fit", async () => {
    const source = smallSource();
    source.modelByteLength = async (version) => {
      if (version === "gone") throw new UnknownVersionError("there is no model gone");
      return version === "v1" ? 1000 : 2 ** 40;
    };
    const serving = await Serving.start({ source, memoryBytesMax: 2 ** 30 });
    await expect(serving.compare({ model: "gone" })).rejects.toThrow(
      new QueryError([{ parameter: "model", detail: "names no version of this registry" }]),
    );
    await expect(serving.compare({ model: "v0" })).rejects.toThrow(
      /there is no room beside the \d+ of the live one/,
    );
    // One that failed keeps nobody from asking for another.
    expect((await serving.compare({ model: "v1" })).model.version).toBe("v1");
  });
});
