import type { Command } from "commander";
import { type AnswerFlags, printAnswer } from "./answering.ts";
import { wholeFrom } from "./option-values.ts";
import { addRegistryOptions } from "./registry-options.ts";

interface SimilarFlags extends AnswerFlags {
  readonly item: string;
  readonly num: number;
}

export function define(command: Command): void {
  command
    .requiredOption("--item <id>", "like which item")
    .option("-n, --num <count>", "how many, up to 500", wholeFrom(1, 500), 25)
    .option("--model <version>", "another version than the live one");
  addRegistryOptions(command);
  command.action(({ item, num, ...flags }: SimilarFlags) =>
    printAnswer({ itemId: item, numResults: num }, flags),
  );
}
