/** A function's code and settings, of `$LATEST` or of one published version. */
export interface FunctionConfiguration {
  readonly environment: Readonly<Record<string, string>>;
  /** digest of the code, whatever package it came in */
  readonly code: string;
  readonly memoryMegabytes: number;
  readonly timeoutSeconds: number;
  /** changes with every change: what was read can be required of a write */
  readonly revision: string;
}

/** A published version, which never changes. */
export interface PublishedVersion {
  readonly version: string;
  readonly description: string;
}

/** A name that callers use: one version, and shares of the traffic that others get. */
export interface Alias {
  readonly version: string;
  /** version → share of the traffic, from 0 to 1 */
  readonly weights: Readonly<Record<string, number>>;
  readonly revision: string;
}

export interface Invocation {
  /** what the handler gave, parsed */
  readonly payload: unknown;
  /** what the runtime said where the handler failed */
  readonly failure?: string | undefined;
}

/** Deployed functions: read, configured, published and called. */
export interface Functions {
  /** @throws FunctionsError where there is no such function or version */
  configuration(name: string, version?: string): Promise<FunctionConfiguration>;
  tags(name: string): Promise<Readonly<Record<string, string>>>;
  /**
   * Sets the whole environment of `$LATEST` and waits until it is in force.
   * @throws ChangedMeanwhileError where the function is no longer the one that was read
   */
  setEnvironment(
    name: string,
    environment: Readonly<Record<string, string>>,
    revision: string,
  ): Promise<void>;
  /** every published version, oldest first */
  versions(name: string): Promise<PublishedVersion[]>;
  /** Publishes `$LATEST` and waits until the version can be called; gives the last version where nothing differs. */
  publish(name: string, description: string, revision: string): Promise<string>;
  /** @throws FunctionsError where there is no such alias */
  alias(name: string, alias: string): Promise<Alias>;
  /** @throws ChangedMeanwhileError where the alias is no longer the one that was read */
  pointAlias(name: string, alias: string, to: Alias): Promise<void>;
  /** @param qualifier a version or an alias */
  invoke(name: string, qualifier: string, payload: unknown): Promise<Invocation>;
}

/** What a function was asked for could not be done; says on which function, and what to look at. */
export class FunctionsError extends Error {
  override name: string = "FunctionsError";
}

/** Somebody else has changed the function or its alias since it was read. */
export class ChangedMeanwhileError extends FunctionsError {
  override name = "ChangedMeanwhileError";
}

/** Lambda was busy, failed or could not be reached: the same call may well succeed later. */
export class TryAgainError extends FunctionsError {
  override name = "TryAgainError";
}

/** `arn:aws:lambda:region:account:function:NAME:QUALIFIER` or `NAME:QUALIFIER` → its two parts. */
export function splitFunctionName(text: string): { readonly name: string; readonly qualifier?: string } {
  const parts = text.split(":");
  const at = parts[0] === "arn" ? 6 : 0;
  const qualifier = parts[at + 1];
  return { name: parts[at] ?? text, ...(qualifier && { qualifier }) };
}
