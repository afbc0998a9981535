import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export interface Given {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body: string;
}

/** A control plane on loopback: what AWS's client asks, and what it is answered. Gives the client's settings. */
export async function endpoint(answer: (asked: Asked) => Given) {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString("latin1");
      asked.push({ method: request.method!, path: request.url!, headers: request.headers, body });
      const { status = 200, headers = {}, body: given } = answer(asked.at(-1)!);
      response.writeHead(status, headers).end(given);
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    asked,
    account: {
      ...{ endpoint: `http://127.0.0.1:${port}`, region: "eu-central-1", maxAttempts: 1 },
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    },
  };
}
