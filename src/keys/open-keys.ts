import { KeyFile } from "./key-file.ts";
import { isSecretArn, SecretKeys } from "./secret-keys.ts";

/** What AISLE_KEYS names: a file, or a secret of AWS Secrets Manager by its ARN, which is read before this ends. */
export async function openKeys(place: string): Promise<KeyFile | SecretKeys> {
  if (!isSecretArn(place)) return new KeyFile(place);
  const keys = new SecretKeys(place);
  await keys.refresh();
  return keys;
}
