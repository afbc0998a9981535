import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as a tracker's server got it. */
export interface Got {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Answer {
  readonly status?: number;
  readonly json?: unknown;
  readonly text?: string;
  readonly headers?: Record<string, string>;
}

/** What happens to a request instead of its answer; `lose` does the work and drops the answer. */
export type Fault = Answer | "hang" | "drop" | "lose";

/** A server on loopback that notes what it is asked, and fails as a test wants it to. */
export class Loopback implements AsyncDisposable {
  readonly got: Got[] = [];
  /** gives what goes wrong with a request, if anything does */
  fault: (got: Got) => Fault | undefined = () => undefined;
  readonly #server;
  #port = 0;

  constructor(answer: (got: Got) => Answer) {
    this.#server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const url = new URL(request.url ?? "/", "http://loopback");
      const { method = "", headers } = request;
      const body = Buffer.concat(chunks);
      const got = { method, path: url.pathname, query: url.searchParams, headers, body };
      this.got.push(got);
      const fault = this.fault(got);
      if (fault === "hang") return;
      if (fault === "lose") answer(got);
      if (fault === "drop" || fault === "lose") request.socket.destroy();
      else send(response, fault ?? answer(got));
    });
  }

  get address(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async start(port = 0): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(port, "127.0.0.1", resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
    return this;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** `METHOD path`, in order, without the API's prefix. */
  get calls(): string[] {
    return this.got.map(
      ({ method, path }) => `${method} ${path.replace(/^\/api\/(2\.0\/mlflow|rest\/v2)/, "")}`,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

function send(response: ServerResponse, { status = 200, json, text, headers = {} }: Answer): void {
  response.writeHead(status, {
    "content-type": json === undefined ? "text/plain" : "application/json",
    ...headers,
  });
  response.end(json === undefined ? (text ?? "") : JSON.stringify(json));
}

export function jsonOf(got: Got): Record<string, unknown> {
  return JSON.parse(got.body.toString()) as Record<string, unknown>;
}
