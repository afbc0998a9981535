import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { S3Settings } from "../../src/store/s3-place.ts";
import { checkCondition, digest, type Kept, S3Error } from "./s3-objects.ts";
import { S3Uploads } from "./s3-uploads.ts";

/** What goes wrong with one request. The cut ones send half a body. */
export type Fault =
  | { readonly status: number; readonly code: string; readonly headers?: Record<string, string> }
  | "reset"
  | "silent"
  | "cut"
  | "stall"
  | "shortened"
  | "flipped"
  | "answer lost";

export interface Asked {
  readonly method: string;
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
}

/** Enough of S3 to be asked by a real client over real HTTP: one bucket in memory, whose requests can be spoilt. */
export class S3Server {
  readonly objects = new Map<string, Kept>();
  readonly uploads = new S3Uploads(this.objects);
  readonly asked: Asked[] = [];
  /** asked before each request is answered */
  fault: (asked: Asked) => Fault | undefined = () => undefined;
  pageSize = 1000;
  accessKeyId = "test";
  endpoint = "";
  readonly #server: Server = createServer((request, response) => void this.#answer(request, response));
  readonly #sockets = new Set<Socket>();

  async start(): Promise<this> {
    this.#server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
    });
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    this.endpoint = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return this;
  }

  async stop(): Promise<void> {
    this.dropConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** As a freeze of hours does: both sides still believe in a connection that is gone. */
  dropConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** How a client reaches it, without pauses worth mentioning. */
  settings(given: Partial<S3Settings> = {}): S3Settings {
    const credentials = { accessKeyId: "test", secretAccessKey: "testtest" };
    return { endpoint: this.endpoint, region: "eu-central-1", credentials, pauseMs: 1, ...given };
  }

  /** Spoils the next `count` requests that `matches`. */
  spoil(fault: Fault, count = 1, matches: (asked: Asked) => boolean = () => true): void {
    let left = count;
    this.fault = (asked) => (matches(asked) && left-- > 0 ? fault : undefined);
  }

  /** As if somebody had put it. */
  keep(key: string, bytes: Buffer, mark?: string): Kept {
    const etag = `"${digest("md5", bytes).digest("hex")}"`;
    const kept = { bytes, etag, sha256: digest("sha256", bytes).digest("base64"), mark };
    this.objects.set(key, kept);
    return kept;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://s3");
    const [, bucket, ...rest] = url.pathname.split("/");
    const { method = "", headers } = request;
    const key = decodeURIComponent(rest.join("/"));
    const asked: Asked = { method, key, query: url.searchParams, headers };
    this.asked.push(asked);
    const fault = this.fault(asked);
    if (fault === "reset") return void request.socket.destroy();
    if (fault === "silent") return;
    try {
      const body = await bodyOf(request);
      if (typeof fault === "object") return fail(response, fault);
      this.#checkSender(asked, body);
      if (bucket !== "bucket") throw new S3Error(404, "NoSuchBucket");
      if (fault === "answer lost") {
        const unseen = { writeHead: () => unseen, end: () => {} } as unknown as ServerResponse;
        this.#do(asked, body, { response: unseen });
        request.socket.destroy();
      } else this.#do(asked, body, { response, fault });
    } catch (error) {
      if (error instanceof S3Error) fail(response, error);
      else request.socket.destroy();
    }
  }

  #checkSender({ headers }: Asked, body: Buffer): void {
    const [, keyId] =
      /^AWS4-HMAC-SHA256 Credential=([^/]+)\/\d{8}\/[\w-]+\/s3\/aws4_request, /.exec(
        headers.authorization ?? "",
      ) ?? [];
    if (keyId !== this.accessKeyId) throw new S3Error(403, "InvalidAccessKeyId");
    const signed = headers["x-amz-content-sha256"];
    if (signed !== digest("sha256", body).digest("hex")) throw new S3Error(400, "XAmzContentSHA256Mismatch");
    const sent = headers["x-amz-checksum-sha256"];
    if (sent !== undefined && sent !== digest("sha256", body).digest("base64")) {
      throw new S3Error(400, "BadDigest");
    }
  }

  #do(
    asked: Asked,
    body: Buffer,
    { response, fault }: { response: ServerResponse; fault?: Fault | undefined },
  ) {
    const { method, key, query, headers } = asked;
    if (query.has("uploads") || query.has("uploadId")) return this.uploads.answer(asked, body, response);
    if (method === "GET" && key === "") return this.#list(query, response);
    if (method === "GET") return this.#get(asked, response, fault);
    if (method === "DELETE") {
      this.objects.delete(key);
      return void response.writeHead(204).end();
    }
    if (headers["x-amz-checksum-sha256"] === undefined) throw new S3Error(400, "InvalidRequest");
    checkCondition(this.objects.get(key), headers);
    const { etag } = this.keep(key, body, headers["x-amz-meta-put"] as string);
    response.writeHead(200, { etag }).end();
  }

  #get({ key, headers }: Asked, response: ServerResponse, fault: Fault | undefined): void {
    const kept = this.objects.get(key);
    if (!kept) throw new S3Error(404, "NoSuchKey");
    if (headers["if-match"] !== undefined && headers["if-match"] !== kept.etag) {
      throw new S3Error(412, "PreconditionFailed");
    }
    const size = kept.bytes.length;
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? "") ?? [];
    if (first !== undefined && Number(first) >= size) throw new S3Error(416, "InvalidRange");
    const from = Number(first ?? 0);
    const to = Math.min(size, last === undefined ? size : Number(last) + 1);
    const body = Buffer.from(kept.bytes.subarray(from, to));
    if (fault === "flipped") body[body.length >> 1] ^= 1;
    const sent = fault === "shortened" ? body.subarray(0, body.length >> 1) : body;
    response.writeHead(first === undefined ? 200 : 206, {
      etag: kept.etag,
      "content-length": sent.length,
      ...(first !== undefined && { "content-range": `bytes ${from}-${from + sent.length - 1}/${size}` }),
      ...(headers["x-amz-checksum-mode"] && { "x-amz-checksum-sha256": kept.sha256 }),
      ...(kept.mark && { "x-amz-meta-put": kept.mark }),
    });
    if (fault !== "cut" && fault !== "stall") return void response.end(sent);
    response.write(body.subarray(0, body.length >> 1), () => {
      if (fault === "cut") response.destroy();
    });
  }

  #list(query: URLSearchParams, response: ServerResponse): void {
    const prefix = query.get("prefix") ?? "";
    const after = query.get("continuation-token") ?? "";
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
    const page = keys.slice(0, this.pageSize);
    const more = keys.length > page.length;
    const contents = page.map((key) => `<Contents><Key>${key}</Key></Contents>`).join("");
    const next = more ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : "";
    const xml = `<ListBucketResult><IsTruncated>${more}</IsTruncated>${contents}${next}</ListBucketResult>`;
    response.writeHead(200, { "content-type": "application/xml" }).end(xml);
  }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function fail(
  response: ServerResponse,
  { status, code, headers }: { status: number; code: string; headers?: Record<string, string> },
): void {
  const xml = `<?xml version="1.0"?><Error><Code>${code}</Code><Message>the server says ${code}</Message></Error>`;
  response.writeHead(status, { "content-type": "application/xml", ...headers }).end(xml);
}
