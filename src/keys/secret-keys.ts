import { log } from "../log.ts";
import { type IssuedKey, IssuedKeys, KeyFileError, parseKeys } from "./issued-keys.ts";

const arnPattern = /^arn:aws[a-z-]*:secretsmanager:([a-z0-9-]+):\d{12}:secret:\S+$/;

/** Is this the address of a secret, and not of a file? */
export function isSecretArn(text: string): boolean {
  return arnPattern.test(text);
}

export interface SecretKeysOptions {
  /** gives the secret's text; by default AWS Secrets Manager is asked */
  readonly read?: (arn: string) => Promise<string>;
  /** ms since 1970 */
  readonly now?: () => number;
}

/** How old what was read may be before it is read again: so soon a revoked key stops working. */
const ageMsMax = 60_000;
/** Between attempts after one that failed. */
const pauseMs = 5000;

/**
 * The keys that were issued, in a secret of AWS Secrets Manager that holds what a file of keys holds. It is read again
 * beside requests, and while it cannot be, the last keys that were read go on. Before the first, nobody is let in.
 */
export class SecretKeys extends IssuedKeys {
  readonly #arn: string;
  readonly #read: (arn: string) => Promise<string>;
  readonly #now: () => number;
  #keys: readonly IssuedKey[] | undefined;
  #failure = "they were not read yet";
  #dueAt = 0;
  #reading: Promise<void> | undefined;

  constructor(arn: string, { read = readSecret, now = Date.now }: SecretKeysOptions = {}) {
    super();
    this.#arn = arn;
    this.#read = read;
    this.#now = now;
  }

  /** Reads them if that is due. Never throws: the next lookup says what is wrong. */
  async refresh(): Promise<void> {
    if (this.#reading === undefined && this.#now() >= this.#dueAt) {
      this.#reading = this.#refresh().finally(() => {
        this.#reading = undefined;
      });
    }
    await this.#reading;
  }

  async #refresh(): Promise<void> {
    try {
      this.#keys = parseKeys(await this.#read(this.#arn), this.#arn);
      this.#dueAt = this.#now() + ageMsMax;
    } catch (error) {
      this.#failure = (error as Error).message;
      this.#dueAt = this.#now() + pauseMs;
      log.warn("keys not read", {
        reason: this.#failure,
        serving: this.#keys ? "the last that were" : "nobody",
      });
    }
  }

  /** What is known now; what is newer is asked for beside. */
  protected override current(): readonly IssuedKey[] {
    void this.refresh();
    if (this.#keys !== undefined) return this.#keys;
    throw new KeyFileError(`the keys in ${this.#arn} cannot be used: ${this.#failure}`);
  }
}

/** Loaded only where keys are kept so. */
async function readSecret(arn: string): Promise<string> {
  const { GetSecretValueCommand, SecretsManagerClient } = await import("@aws-sdk/client-secrets-manager");
  const region = arnPattern.exec(arn)?.[1];
  const client = new SecretsManagerClient({
    ...(region !== undefined && { region }),
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 3000, socketTimeout: 5000 },
  });
  try {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: arn }));
    if (SecretString !== undefined) return SecretString;
    throw new KeyFileError(`${arn} holds bytes and not the text of a file of keys`);
  } catch (cause) {
    const { name, message } = cause as Error;
    if (name === "AccessDeniedException") {
      throw new KeyFileError(
        `${arn} may not be read: grant secretsmanager:GetSecretValue on it, and kms:Decrypt on its key`,
        { cause },
      );
    }
    if (cause instanceof KeyFileError) throw cause;
    throw new KeyFileError(`${arn} could not be read (${name}): ${message}`, { cause });
  } finally {
    client.destroy();
  }
}
