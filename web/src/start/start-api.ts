import type { FileKind, OwnShopState, ReadingSettings } from "../../../src/local/own-shop-state.ts";

export type * from "../../../src/local/own-shop-state.ts";

/** What the server said that it could not do, in its own words. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";
}

/** These routes are for this page at this machine, and no part of the API that a shop calls. */
async function ask(method: string, path: string, body?: unknown): Promise<OwnShopState> {
  const init: RequestInit = { method };
  if (body !== undefined) {
    init.headers = { "Content-Type": "application/json" };
    init.body = JSON.stringify(body);
  }
  const response = await fetch(`/start${path}`, init);
  const answer = await response.json().catch(() => undefined);
  if (!response.ok) throw new RefusedError(sentenceOf(answer, response.status));
  return answer as OwnShopState;
}

export const readState = () => ask("GET", "/state");
export const forgetFile = (kind: FileKind) => ask("DELETE", `/files/${kind}`);
export const sayOfFile = (kind: FileKind, settings: ReadingSettings) =>
  ask("PUT", `/files/${kind}/settings`, settings);
export const startTraining = () => ask("PUT", "/training");
export const stopTraining = () => ask("DELETE", "/training");
export const returnToDemo = () => ask("PUT", "/demo");

export interface Sending {
  readonly done: Promise<OwnShopState>;
  stop(): void;
}

/** Sends a file as it lies, telling how much of it is there: the one thing that `fetch` cannot. */
export function sendFile(kind: FileKind, file: File, onShare: (share: number) => void): Sending {
  const request = new XMLHttpRequest();
  const done = new Promise<OwnShopState>((resolve, reject) => {
    const failed = (reason: string) => reject(new RefusedError(reason));
    request.upload.onprogress = ({ loaded, total }) => onShare(total > 0 ? loaded / total : 0);
    request.onerror = () => failed(`${file.name} did not arrive: is the server still running?`);
    request.onabort = () => failed(`${file.name} was stopped on its way: nothing of it was kept.`);
    request.onload = () => {
      const answer = parsed(request.responseText);
      if (request.status === 200) resolve(answer as OwnShopState);
      else failed(sentenceOf(answer, request.status));
    };
  });
  request.open("PUT", `/start/files/${kind}?name=${encodeURIComponent(file.name)}`);
  request.setRequestHeader("Content-Type", "application/octet-stream");
  request.send(file);
  return { done, stop: () => request.abort() };
}

function sentenceOf(answer: unknown, status: number): string {
  const { detail, errors } = (answer ?? {}) as {
    detail?: string;
    errors?: readonly { parameter: string; detail: string }[];
  };
  const faults = (errors ?? []).map(({ parameter, detail: fault }) => `${parameter} ${fault}`);
  return [detail ?? `The server answered with ${status}.`, ...faults].join(" ");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
