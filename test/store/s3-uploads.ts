import type { ServerResponse } from "node:http";
import { checkCondition, digest, type Kept, S3Error } from "./s3-objects.ts";
import type { Asked } from "./s3-server.ts";

/** The stand-in's uploads in parts: nothing is seen of one until it is completed. */
export class S3Uploads {
  readonly open = new Map<string, { readonly mark: string; readonly parts: Map<number, Buffer> }>();
  readonly #objects: Map<string, Kept>;
  #count = 0;

  constructor(objects: Map<string, Kept>) {
    this.#objects = objects;
  }

  answer({ method, key, query, headers }: Asked, body: Buffer, response: ServerResponse): void {
    if (query.has("uploads")) {
      const id = `upload-${this.#count++}`;
      this.open.set(id, { mark: headers["x-amz-meta-put"] as string, parts: new Map() });
      const xml = `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`;
      send(response, xml);
      return;
    }
    const id = query.get("uploadId") ?? "";
    const upload = this.open.get(id);
    if (!upload) throw new S3Error(404, "NoSuchUpload");
    if (method === "DELETE") {
      this.open.delete(id);
      response.writeHead(204).end();
      return;
    }
    if (method === "PUT") {
      if (headers["x-amz-checksum-sha256"] === undefined) throw new S3Error(400, "InvalidRequest");
      upload.parts.set(Number(query.get("partNumber")), body);
      response.writeHead(200, { etag: etagOf(body) }).end();
      return;
    }
    checkCondition(this.#objects.get(key), headers);
    const bytes = Buffer.concat(named(body.toString(), upload.parts));
    const etag = `${etagOf(bytes).slice(0, -1)}-${upload.parts.size}"`;
    const sha256 = `${digest("sha256", bytes).digest("base64")}-${upload.parts.size}`;
    this.#objects.set(key, { bytes, etag, sha256, mark: upload.mark });
    this.open.delete(id);
    send(
      response,
      `<CompleteMultipartUploadResult><ETag>${etag.replaceAll('"', "&quot;")}</ETag></CompleteMultipartUploadResult>`,
    );
  }
}

/** The parts that the list names, whose digests must be the ones it names. */
function named(xml: string, parts: Map<number, Buffer>): Buffer[] {
  const read = (part: string, name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(part)?.[1];
  const list = [...xml.matchAll(/<Part>.*?<\/Part>/gs)].map(([part]) => {
    const bytes = parts.get(Number(read(part, "PartNumber")));
    const sha256 = bytes && digest("sha256", bytes).digest("base64");
    if (!bytes || read(part, "ChecksumSHA256") !== sha256) throw new S3Error(400, "InvalidPart");
    return bytes;
  });
  if (list.length !== parts.size) throw new S3Error(400, "InvalidPart");
  return list;
}

const etagOf = (bytes: Buffer) => `"${digest("md5", bytes).digest("hex")}"`;

function send(response: ServerResponse, xml: string): void {
  response.writeHead(200, { "content-type": "application/xml" }).end(`<?xml version="1.0"?>${xml}`);
}
