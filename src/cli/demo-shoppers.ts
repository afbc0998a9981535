import type { Shopper } from "../demo/personas.ts";
import type { ShopperCard } from "../http/host.ts";
import type { Store } from "../store/store.ts";

/** Beside the models: whoever serves the demo shop's registry can offer its shoppers to choose from. */
const key = "demo/shoppers.json";

export async function keepShoppers(store: Store, shoppers: readonly Shopper[]): Promise<void> {
  await store.put(key, new TextEncoder().encode(JSON.stringify(shoppers.map(cardOf))));
}

/** `undefined` where the registry is no demo shop's: a shop's customers are nobody's to choose from. */
export async function readShoppers(store: Store): Promise<ShopperCard[] | undefined> {
  const object = await store.get(key);
  return object && JSON.parse(new TextDecoder().decode(object.bytes));
}

function cardOf({ id, label, channel, persona, preferences, discountPersona }: Shopper): ShopperCard {
  return { id, label, channel, persona, preferences, discountPersona };
}
