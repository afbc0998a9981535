import { type Command, Option } from "commander";
import { readConfig } from "../config.ts";
import { type KeyRole, keyRoles } from "../keys/issued-keys.ts";
import { KeyFile } from "../keys/key-file.ts";
import { isSecretArn } from "../keys/secret-keys.ts";
import { UsageError } from "./failures.ts";
import { addJsonOption, print, printJson } from "./registry-options.ts";
import { formatColumns } from "./terminal.ts";

interface KeyFlags {
  readonly keys?: string;
  readonly json?: boolean;
}

export function define(command: Command): void {
  const { keysFile } = readConfig();
  const add = (subcommand: Command): Command => {
    addJsonOption(subcommand);
    return subcommand.option("--keys <file>", "where keys are kept (AISLE_KEYS)", keysFile);
  };
  add(command.command("create"))
    .description("issue a key; it is shown this once")
    .addOption(
      new Option(
        "--role <role>",
        "server: any user; admin: /admin; shopper: signs shoppers' tokens; pseudonym: hides users in models",
      )
        .choices(keyRoles.filter((role) => role !== "aws"))
        .default("server"),
    )
    .addOption(
      new Option("--aws", "a server's key pair, with which AWS's clients for Personalize sign").conflicts(
        "role",
      ),
    )
    .action(create);
  add(command.command("list")).description("the keys that were issued").action(list);
  add(command.command("revoke")).argument("<id>").description("make a key stop working").action(revoke);
}

function open({ keys }: KeyFlags): KeyFile {
  if (keys === undefined) throw new UsageError("name the file of the keys: --keys FILE, or AISLE_KEYS");
  if (isSecretArn(keys)) {
    throw new UsageError(
      `${keys} is changed in Secrets Manager: change a file with --keys FILE, then put it there with ` +
        "aws secretsmanager put-secret-value --secret-id ARN --secret-string file://FILE",
    );
  }
  return new KeyFile(keys);
}

async function create(flags: KeyFlags & { role: KeyRole; aws?: boolean }): Promise<void> {
  const key = await open(flags).create(flags.aws ? "aws" : flags.role);
  if (flags.json) return printJson(key);
  if (key.role === "aws") {
    print(`AWS_ACCESS_KEY_ID=${key.id}`);
    print(`AWS_SECRET_ACCESS_KEY=${key.secret}`);
    process.stderr.write(
      `${key.id}: credentials of the Personalize client, beside its endpoint; a signature can only be checked with ` +
        "the secret itself, so it stays in the file: whoever reads that can sign\n",
    );
    return;
  }
  if (key.role === "pseudonym") {
    print(key.id);
    process.stderr.write(
      `${key.id}: aisle train --pseudonymous hides users' ids under it; whatever serves such a model needs this file, and ` +
        "whoever reads it can find the users in the model\n",
    );
    return;
  }
  print(key.secret);
  process.stderr.write(
    flags.role === "shopper"
      ? `${key.id}: sign shoppers' JWTs with it (HS256; base64url; sub is the user, exp within a day)\n`
      : `${key.id}: send it as "Authorization: Bearer …"; it is not shown again\n`,
  );
}

function list(flags: KeyFlags): void {
  const keys = open(flags).list();
  const rows = keys.map(({ id, role, createdAt, revokedAt }) => [id, role, createdAt, revokedAt ?? ""]);
  if (flags.json) printJson(keys);
  else print(formatColumns(["id", "role", "created", "revoked"], rows));
}

async function revoke(id: string, flags: KeyFlags): Promise<void> {
  await open(flags).revoke(id);
  if (flags.json) printJson({ revoked: id });
  else print(`${id} no longer works`);
}
