import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { AisleProcess } from "./aisle-process.ts";

it("leaves one line for each request where nobody watches, and none of it on stdout", async () => {
  const folder = mkdtempSync(join(tmpdir(), "aisle-requests-"));
  const server = new AisleProcess(["serve", "--port", "0", "--registry", folder]);
  onTestFinished(async () => {
    if (server.isAnyoneLeft()) server.kill("SIGKILL");
    await server.ended;
    rmSync(folder, { recursive: true });
  });
  const [, url] = await server.wrote(/ on (http:\S+)/);
  const live = await fetch(`${url}/health/live`);
  const answer = await fetch(`${url}/items/anna/similar?numResults=3`);
  expect([live.status, answer.status]).toEqual([200, 503]);
  server.kill("SIGTERM");
  const { stdout, stderr } = await server.ended;
  const lines = stderr.split("\n").filter((line) => line.includes('"message":"request"'));
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { requestId: live.headers.get("x-request-id"), method: "GET", route: "/health/live", status: 200 },
    { requestId: answer.headers.get("x-request-id"), route: "/items/{id}/similar", status: 503 },
  ]);
  expect(stderr).not.toMatch(/anna|numResults=3/);
  expect(stdout).not.toContain('"message"');
});
