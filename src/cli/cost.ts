import type { Command } from "commander";
import { activityBill, bill, gateways, personalizeMonth, type Usage, usual } from "../cost/bill.ts";
import { pricesAsOf, region } from "../cost/prices.ts";
import { costTables } from "../cost/table.ts";
import { oneNumber, share, wholeFrom } from "./option-values.ts";
import { addJsonOption, print, printJson } from "./registry-options.ts";

type CostFlags = Pick<
  Usage,
  | "requests"
  | "events"
  | "memory"
  | "milliseconds"
  | "coldShare"
  | "coldMilliseconds"
  | "answerBytes"
  | "modelGb"
  | "secrets"
> & { readonly json?: boolean };

export function define(command: Command): void {
  const whole = wholeFrom(0);
  command
    .option("--requests <count>", "in a month", whole, usual.requests)
    .option("--events <count>", "posted in a month, where they are kept", whole, usual.events)
    .option("--memory <MB>", "of the function", wholeFrom(128, 10_240), usual.memory)
    .option("--milliseconds <ms>", "billed for a warm request", oneNumber, usual.milliseconds)
    .option("--cold-share <share>", "of the requests that start a container", share, usual.coldShare)
    .option("--cold-milliseconds <ms>", "that a start bills", oneNumber, usual.coldMilliseconds)
    .option("--answer-bytes <count>", "of an answer", whole, usual.answerBytes)
    .option("--model-gb <GB>", "of all models that are kept", oneNumber, usual.modelGb)
    .option("--secrets <count>", "0 where nobody needs a key", whole, usual.secrets)
    .action(run);
  addJsonOption(command);
}

function run({ json, ...flags }: CostFlags): void {
  const usage: Usage = { ...usual, ...flags };
  if (!json) {
    print(costTables(usage));
    return;
  }
  const month = (requests: number, events: number) => ({
    ...Object.fromEntries(gateways.map((gateway) => [gateway, bill({ ...usage, requests, gateway })])),
    activity: activityBill({ ...usage, requests, events }),
    personalize: personalizeMonth(requests),
  });
  const { requests, events } = usage;
  printJson({ region, pricesAsOf, usage, month: month(requests, events), idle: month(0, 0) });
}
