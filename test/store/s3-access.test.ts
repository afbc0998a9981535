import { afterEach, describe, expect, it, vi } from "vitest";
import { S3Access } from "../../src/store/s3-access.ts";
import { S3Failure } from "../../src/store/s3-failure.ts";

const credentials = { accessKeyId: "id", secretAccessKey: "secret" };
const place = { bucket: "shop", prefix: "eu/" };
const moved = new S3Failure("PermanentRedirect", "elsewhere", { status: 301, region: "us-west-2" });

afterEach(() => void vi.unstubAllEnvs());

describe("where a bucket is", () => {
  it.each([
    ["shop", "eu-central-1", undefined, "https://shop.s3.eu-central-1.amazonaws.com/"],
    ["shop.models", "eu-central-1", undefined, "https://s3.eu-central-1.amazonaws.com/shop.models/"],
    ["shop", "cn-north-1", undefined, "https://shop.s3.cn-north-1.amazonaws.com.cn/"],
    ["shop", undefined, "http://127.0.0.1:9000/", "http://127.0.0.1:9000/shop/"],
  ])("%s in %s at %s is %s, by hand as by AWS's client", async (bucket, region, endpoint, base) => {
    const settings = { region, endpoint, credentials };
    expect((await new S3Access({ bucket, prefix: "" }, settings).now()).base).toBe(base);
    // Without credentials in its settings the client is asked, which finds them in the environment.
    vi.stubEnv("AWS_ACCESS_KEY_ID", "id");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret");
    const found = await new S3Access({ bucket, prefix: "" }, { region, endpoint }).now();
    expect(found).toMatchObject({ base, region: region ?? "us-east-1", credentials });
  });

  it("is learnt from an answer, once, and not from an S3 that is not AWS", async () => {
    const access = new S3Access(place, { region: "eu-central-1", credentials });
    expect(await access.mend(moved)).toBe(true);
    expect(await access.now()).toMatchObject({
      base: "https://shop.s3.us-west-2.amazonaws.com/",
      region: "us-west-2",
    });
    expect(await access.mend(moved)).toBe(false);
    const elsewhere = new S3Access(place, { endpoint: "http://127.0.0.1:9000", credentials });
    expect(await elsewhere.mend(moved)).toBe(false);
  });

  it("does not help against credentials that have expired and are all there are", async () => {
    const access = new S3Access(place, { region: "eu-central-1", credentials });
    expect(await access.mend(new S3Failure("ExpiredToken", "old", { status: 400 }))).toBe(false);
  });
});
