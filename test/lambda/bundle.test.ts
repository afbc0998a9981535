import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it, onTestFinished } from "vitest";
import { publishSmallShop } from "./published-shop.ts";

const program = `
  import { readFileSync } from "node:fs";
  import { handler } from "./gateway.mjs";
  const answers = {};
  for (const name of ["new-visitor", "similar-items", "unknown-route"]) {
    const gatewayEvent = JSON.parse(readFileSync(new URL(name + ".json", process.argv[1]), "utf8"));
    const { statusCode, body } = await handler(gatewayEvent, {});
    answers[name] = { statusCode, rows: JSON.parse(body).items?.length };
  }
  console.log(JSON.stringify(answers));
`;

it("answers from the image's files alone, with nothing on stdout", async () => {
  const folder = mkdtempSync(join(tmpdir(), "aisle-bundle-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  cpSync(new URL("../../dist/lambda", import.meta.url), folder, { recursive: true });
  await publishSmallShop(join(folder, "registry"));
  const events = new URL("../../events/", import.meta.url).href;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--input-type=module", "--eval", program, events],
    {
      cwd: folder,
      env: { AISLE_REGISTRY: "registry", AUTH: "keys", AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "512" },
    },
  );
  expect(JSON.parse(stdout)).toEqual({
    "new-visitor": { statusCode: 200, rows: 5 },
    "similar-items": { statusCode: 200, rows: 5 },
    "unknown-route": { statusCode: 404 },
  });
});
