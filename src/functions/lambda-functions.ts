import {
  type AliasConfiguration,
  type FunctionConfiguration as Described,
  GetAliasCommand,
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
  type LambdaClientConfig,
  type LambdaServiceException,
  PublishVersionCommand,
  paginateListVersionsByFunction,
  UpdateAliasCommand,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionUpdatedV2,
  waitUntilPublishedVersionActive,
} from "@aws-sdk/client-lambda";
import {
  type Alias,
  ChangedMeanwhileError,
  type FunctionConfiguration,
  type Functions,
  FunctionsError,
  type Invocation,
  type PublishedVersion,
  TryAgainError,
} from "./functions.ts";

/** An image of some hundred megabytes is optimised when a version is published, which takes a while. */
const waitSecondsMax = 600;

/** AWS Lambda, or what `AWS_ENDPOINT_URL_LAMBDA` or `AWS_ENDPOINT_URL` names: the SDK reads both by itself. */
export class LambdaFunctions implements Functions {
  readonly #client: LambdaClient;

  constructor(account: LambdaClientConfig = {}) {
    this.#client = new LambdaClient(account);
  }

  async configuration(name: string, version?: string): Promise<FunctionConfiguration> {
    const Qualifier = version;
    const described = await naming(`function ${name}${version ? `:${version}` : ""}`, () =>
      this.#client.send(
        new GetFunctionConfigurationCommand({ FunctionName: name, ...(Qualifier && { Qualifier }) }),
      ),
    );
    return configurationOf(name, described);
  }

  async tags(name: string): Promise<Readonly<Record<string, string>>> {
    const command = new GetFunctionCommand({ FunctionName: name });
    return (await naming(`function ${name}`, () => this.#client.send(command))).Tags ?? {};
  }

  async setEnvironment(
    name: string,
    environment: Readonly<Record<string, string>>,
    revision: string,
  ): Promise<void> {
    const command = new UpdateFunctionConfigurationCommand({
      FunctionName: name,
      Environment: { Variables: { ...environment } },
      RevisionId: revision,
    });
    await naming(`function ${name}`, async () => {
      await this.#client.send(command);
      await waitUntilFunctionUpdatedV2(this.#waiting(), { FunctionName: name });
    });
  }

  async versions(name: string): Promise<PublishedVersion[]> {
    return await naming(`function ${name}`, async () => {
      const found: PublishedVersion[] = [];
      const pages = paginateListVersionsByFunction({ client: this.#client }, { FunctionName: name });
      for await (const { Versions = [] } of pages) {
        for (const { Version = "", Description = "" } of Versions) {
          if (Version !== "$LATEST") found.push({ version: Version, description: Description });
        }
      }
      return found.sort((a, b) => Number(a.version) - Number(b.version));
    });
  }

  async publish(name: string, description: string, revision: string): Promise<string> {
    return await naming(`function ${name}`, async () => {
      const { Version } = await this.#client.send(
        new PublishVersionCommand({ FunctionName: name, Description: description, RevisionId: revision }),
      );
      if (!Version) throw new FunctionsError(`publishing function ${name} gave no version`);
      await waitUntilPublishedVersionActive(this.#waiting(), { FunctionName: name, Qualifier: Version });
      return Version;
    });
  }

  async alias(name: string, alias: string): Promise<Alias> {
    const command = new GetAliasCommand({ FunctionName: name, Name: alias });
    return aliasOf(await naming(`alias ${name}:${alias}`, () => this.#client.send(command)));
  }

  async pointAlias(name: string, alias: string, to: Alias): Promise<void> {
    const command = new UpdateAliasCommand({
      FunctionName: name,
      Name: alias,
      FunctionVersion: to.version,
      // An empty table takes weights away; without one they would stay.
      RoutingConfig: { AdditionalVersionWeights: { ...to.weights } },
      RevisionId: to.revision,
    });
    await naming(`alias ${name}:${alias}`, () => this.#client.send(command));
  }

  async invoke(name: string, qualifier: string, payload: unknown): Promise<Invocation> {
    const command = new InvokeCommand({
      FunctionName: name,
      Qualifier: qualifier,
      Payload: new TextEncoder().encode(JSON.stringify(payload)),
    });
    const { Payload, FunctionError } = await naming(`function ${name}:${qualifier}`, () =>
      this.#client.send(command),
    );
    const text = new TextDecoder().decode(Payload);
    if (FunctionError) return { payload: undefined, failure: `${FunctionError}: ${text.slice(0, 300)}` };
    try {
      return { payload: text === "" ? undefined : JSON.parse(text) };
    } catch {
      return { payload: undefined, failure: `its answer is no JSON: ${text.slice(0, 100)}` };
    }
  }

  #waiting() {
    return { client: this.#client, minDelay: 1, maxDelay: 5, maxWaitTime: waitSecondsMax };
  }
}

/** AWS's own errors name neither the function nor what to grant. */
async function naming<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    const { name, message, $metadata } = cause as Error & Partial<Pick<LambdaServiceException, "$metadata">>;
    if (cause instanceof FunctionsError) throw cause;
    if (name === "PreconditionFailedException") {
      throw new ChangedMeanwhileError(`${what} was changed by somebody else meanwhile`, { cause });
    }
    if (name === "ResourceNotFoundException") {
      throw new FunctionsError(`${what} is not there: look at its name, the region and the account`, {
        cause,
      });
    }
    const Kind = passes($metadata?.httpStatusCode) ? TryAgainError : FunctionsError;
    throw new Kind(`${what}: ${name}: ${message}`, { cause });
  }
}

/** Too many at once, a failure on the other side, or no answer at all. */
function passes(status: number | undefined): boolean {
  return status === undefined || status === 429 || status >= 500;
}

function configurationOf(name: string, described: Described): FunctionConfiguration {
  const { Environment, CodeSha256 = "", MemorySize = 128, Timeout = 3, RevisionId = "" } = described;
  // Written back as it seems, an environment that could not be read would be lost.
  if (Environment?.Error) {
    const { ErrorCode, Message } = Environment.Error;
    throw new FunctionsError(
      `the environment of function ${name} cannot be read (${ErrorCode}: ${Message}): grant kms:Decrypt on its key`,
    );
  }
  return {
    environment: Environment?.Variables ?? {},
    code: CodeSha256,
    memoryMegabytes: MemorySize,
    timeoutSeconds: Timeout,
    revision: RevisionId,
  };
}

function aliasOf({ FunctionVersion = "", RoutingConfig, RevisionId = "" }: AliasConfiguration): Alias {
  return {
    version: FunctionVersion,
    weights: RoutingConfig?.AdditionalVersionWeights ?? {},
    revision: RevisionId,
  };
}
