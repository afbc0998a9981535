import { type IncomingMessage, Agent as PlainAgent, request as plainRequest } from "node:http";
import { Agent, request } from "node:https";
import { S3Failure } from "./s3-failure.ts";
import { type S3Settings, usual } from "./s3-place.ts";
import { Silence } from "./silence.ts";

const agents = {
  plain: new PlainAgent({ keepAlive: true, scheduling: "lifo" }),
  secure: new Agent({ keepAlive: true, scheduling: "lifo" }),
};

export interface Sending {
  readonly headers: Readonly<Record<string, string>>;
  readonly settings: S3Settings;
  readonly signal?: AbortSignal | undefined;
}

/** Looks at an answer's head and gives what takes its body; what either throws ends the exchange. */
export type Receive = (response: IncomingMessage) => (chunk: Buffer) => void;

/**
 * Sends a GET and hands the answer on as it comes. Ends when the body is whole.
 * @throws S3Failure where the connection breaks or the other side is silent for too long
 */
export function exchange(url: URL, { headers, settings, signal }: Sending, receive: Receive): Promise<void> {
  const { connectMsMax = usual.connectMsMax, silenceMsMax = usual.silenceMsMax } = settings;
  const isPlain = url.protocol === "http:";
  return new Promise<void>((resolve, reject) => {
    const open = isPlain ? plainRequest : request;
    const agent = isPlain ? agents.plain : agents.secure;
    const sent = open(url, { headers, agent, ...(signal && { signal }) });
    const silence = new Silence(`${url.host}`, (message) =>
      sent.destroy(new S3Failure("TimeoutError", message)),
    );
    const fail = (error: unknown) => {
      silence.end();
      sent.destroy();
      reject(error);
    };
    const guarded =
      <A extends unknown[]>(work: (...given: A) => void) =>
      (...given: A) => {
        try {
          work(...given);
        } catch (error) {
          fail(error);
        }
      };
    sent.on("socket", (socket) => {
      const answering = () => silence.allow(silenceMsMax, "did not answer");
      if (!socket.connecting) return answering();
      silence.allow(connectMsMax, "took no connection");
      socket.once(isPlain ? "connect" : "secureConnect", answering);
    });
    sent.on("error", fail);
    sent.on(
      "response",
      guarded((response: IncomingMessage) => {
        silence.allow(silenceMsMax, "sent nothing more");
        const take = receive(response);
        response.on("error", fail);
        response.on(
          "data",
          guarded((chunk: Buffer) => {
            silence.heard();
            take(chunk);
          }),
        );
        response.on("end", () => {
          silence.end();
          resolve();
        });
      }),
    );
    sent.end();
  });
}
