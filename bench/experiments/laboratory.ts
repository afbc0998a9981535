import { chooseTarget } from "../../src/evaluation/held-out.ts";
import { holdOut, type Split } from "../../src/interactions/holdout.ts";
import { joinLogs } from "../../src/interactions/joined-log.ts";
import { type Criterion, criterionFor, validationTarget } from "../../src/training/criterion.ts";
import { gowallaEvents } from "../gowalla.ts";
import { Peer } from "../peer.ts";
import { type BenchShop, completeJourney, demoShop, onlineRetail } from "../shops.ts";

/** A shop, cut as `aisle train` cuts it. Experiments look at train and validation only, never at the test. */
export interface Laboratory {
  readonly name: string;
  readonly split: Pick<Split, "train" | "validation">;
  /** what validation is asked, as `aisle train` asks it */
  readonly criterion: Criterion;
}

const shops: Record<string, () => Promise<BenchShop | undefined>> = {
  "Online Retail": onlineRetail,
  "demo shop": async () => demoShop(),
  "Complete Journey": journey,
  Gowalla: async () => {
    const events = await gowallaEvents("train");
    return events && { name: "Gowalla", events };
  },
};

/** One after another; a shop whose data are not there is named and left out. */
export async function* laboratories(names: readonly string[]): AsyncGenerator<Laboratory> {
  for (const name of names) {
    const lab = made.get(name) ?? (await makeLaboratory(name));
    if (!lab) {
      console.error(`${name}: not measured, since AISLE_DATA does not name it`);
      continue;
    }
    console.error(`${name} …`);
    made.set(name, lab);
    yield lab;
  }
}

const made = new Map<string, Laboratory>();

async function makeLaboratory(name: string): Promise<Laboratory | undefined> {
  const shop = await shops[name]();
  if (!shop) return undefined;
  const { train, validation, test } = holdOut(shop.events, { seed: 1 });
  const target = validationTarget(validation, chooseTarget(test));
  const criterion = criterionFor({ metric: "ndcg", k: 10 }, joinLogs(train, validation), target);
  return { name, split: { train, validation }, criterion };
}

async function journey(): Promise<BenchShop> {
  const peer = await Peer.start();
  try {
    return await completeJourney(peer);
  } finally {
    peer.stop();
  }
}
