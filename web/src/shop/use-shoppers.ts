import { useMemo } from "react";
import { type ShopperPage, shopClient } from "../shop-client.ts";
import { useAnswer } from "./use-answer.ts";
import { wordsOf } from "./words.ts";

export type ShopperCard = ShopperPage["shoppers"][number];

export interface Shoppers {
  /** one of each persona, whom a visitor may pretend to be; empty where the shop has none to offer */
  readonly personas: readonly ShopperCard[];
  readonly isPending: boolean;
  readonly nameOf: (userId: string) => string;
}

/** Whom the demo offers to be; a shop's own server offers nobody, and its shoppers are named by their ids. */
export function useShoppers(isWanted: boolean): Shoppers {
  const { answer, isPending } = useAnswer(
    isWanted
      ? {
          scope: "shoppers",
          key: "",
          ask: (options: { signal: AbortSignal }) => shopClient.shoppers(1, options),
        }
      : undefined,
  );
  return useMemo(() => {
    const shoppers = answer?.shoppers ?? [];
    const seen = new Set<string>();
    const personas = shoppers.filter(({ persona }) => !seen.has(persona) && seen.add(persona));
    const byId = new Map(shoppers.map((shopper) => [shopper.id, shopper]));
    const nameOf = (userId: string): string => {
      const shopper = byId.get(userId);
      return shopper ? titleOf(shopper) : `Shopper ${userId}`;
    };
    return { personas, isPending, nameOf };
  }, [answer, isPending]);
}

/** "Nest builder, buys what pleases (web shopper 42)" begins with what the shopper is called. */
export function titleOf({ label, persona }: ShopperCard): string {
  return label?.split(/[,(]/)[0].trim() || wordsOf(persona);
}

/** And goes on with how they buy. */
export function mannerOf({ label = "" }: ShopperCard): string {
  return wordsOf(/,([^(]*)/.exec(label)?.[1].trim() ?? "");
}
