import { type Command, Option } from "commander";
import type { Query } from "../serving/query.ts";
import { type AnswerFlags, printAnswer } from "./answering.ts";
import { gather, gatherValues, oneNumber, wholeFrom } from "./option-values.ts";
import { addRegistryOptions } from "./registry-options.ts";

interface RecommendFlags extends AnswerFlags, Omit<Query, "userId" | "itemId" | "numResults" | "model"> {
  readonly user?: string;
  readonly num: number;
}

export function define(command: Command): void {
  command
    .option("--user <id>", "for whom; without it, and for one never seen, what is popular")
    .option(
      "--recent <id>",
      "an item of this session, newest last; id:EventType where no view (repeatable)",
      gather,
    )
    .option("-n, --num <count>", "how many, up to 500", wholeFrom(1, 500), 25)
    .addOption(
      new Option("--hide <what>", "what not to show again").choices(["purchased", "interacted", "none"]),
    )
    .option("--category <name>", "only of this category")
    .option("--min-price <amount>", "only from this price", oneNumber)
    .option("--max-price <amount>", "only up to this price", oneNumber)
    .option("--filter <expression>", "only what a filter in Amazon Personalize's language leaves")
    .option("--filter-name <name>", "only what a filter of the live rules leaves")
    .option("--filter-values <name=value>", "of the filter's parameters (repeatable)", gatherValues)
    .option("--exclude <id>", "not this item (repeatable)", gather)
    .option("--explain", "say which past items each row is owed to")
    .option("--model <version>", "another version than the live one");
  addRegistryOptions(command);
  command.action(({ user, num, ...flags }: RecommendFlags) =>
    printAnswer({ ...flags, userId: user, numResults: num }, flags),
  );
}
