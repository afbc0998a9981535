import { useEffect, useRef, useState } from "react";
import { shopClient, type UserExport } from "../shop-client.ts";
import { Icon } from "./icons.tsx";
import { knownItem, remember } from "./known-items.ts";
import { useShop } from "./shop-context.tsx";
import { useAnswer } from "./use-answer.ts";
import { mannerOf, type ShopperCard, titleOf, useShoppers } from "./use-shoppers.ts";
import { wordsOf } from "./words.ts";

/** Whom to be: a persona with its tastes and what it did last, any shopper by id, or nobody yet. */
export function ShopperSwitch({ onClose }: { readonly onClose: () => void }) {
  const { visit, choose } = useShop();
  const { personas, isPending } = useShoppers(true);
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (!dialog.current?.open) dialog.current?.showModal();
  }, []);
  const pick = (userId: string | undefined) => {
    if (userId === undefined && visit.userId === undefined) visit.startOver();
    choose(userId);
    onClose();
  };
  return (
    <dialog className="panel shopper-panel" ref={dialog} onClose={onClose} aria-labelledby="shopper-heading">
      <div className="panel-bar">
        <h2 id="shopper-heading">Who is shopping?</h2>
        <button type="button" className="icon-button" aria-label="Close" onClick={onClose}>
          <Icon name="close" />
        </button>
      </div>
      <div className="shopper-first">
        <button type="button" className="shopper-card new" onClick={() => pick(undefined)}>
          <strong>{visit.userId === undefined ? "Start over as a new visitor" : "A new visitor"}</strong>
          <span>Nothing is known: what is trending comes first, and every click counts.</span>
        </button>
        <ById pick={pick} />
      </div>
      {personas.length > 0 && (
        <ul className="shopper-cards">
          {personas.map((shopper) => (
            <li key={shopper.id}>
              <Persona shopper={shopper} isCurrent={shopper.id === visit.userId} pick={pick} />
            </li>
          ))}
        </ul>
      )}
      {isPending && <p className="quiet">Looking for shoppers…</p>}
    </dialog>
  );
}

interface PickProps {
  readonly pick: (userId: string | undefined) => void;
}

function ById({ pick }: PickProps) {
  const [id, setId] = useState("");
  return (
    <form
      className="shopper-by-id"
      onSubmit={(event) => {
        event.preventDefault();
        if (id.trim() !== "") pick(id.trim());
      }}
    >
      <label>
        Any shopper, by id
        <input value={id} maxLength={256} onChange={({ target }) => setId(target.value)} autoComplete="off" />
      </label>
      <button type="submit" className="button plain">
        Be them
      </button>
    </form>
  );
}

interface PersonaProps extends PickProps {
  readonly shopper: ShopperCard;
  readonly isCurrent: boolean;
}

function Persona({ shopper, isCurrent, pick }: PersonaProps) {
  const { id, preferences = [] } = shopper;
  const manner = mannerOf(shopper);
  return (
    <button type="button" className="shopper-card" aria-pressed={isCurrent} onClick={() => pick(id)}>
      <strong>{titleOf(shopper)}</strong>
      <span className="tastes">
        {preferences.map((taste) => (
          <span key={taste} className="taste">
            {wordsOf(taste)}
          </span>
        ))}
      </span>
      {manner !== "" && <span className="quiet">{manner}</span>}
      <LastEvents userId={id} />
    </button>
  );
}

const shownMax = 3;

/** What a shopper did last, where this server tells. Its place is kept, so that cards do not jump. */
function LastEvents({ userId }: { readonly userId: string }) {
  const { answer } = useAnswer({
    ...{ scope: `last events of ${userId}`, key: "" },
    ask: async (options) => ({ lines: await lastEvents(await shopClient.exportUser(userId, options)) }),
  });
  const places = Array.from({ length: shownMax }, (_, at) => answer?.lines[at]);
  return (
    <span className="last-events">
      {places.map((line, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: places in a list of three
        <span key={at}>{line ?? "\u00a0"}</span>
      ))}
    </span>
  );
}

async function lastEvents({ events, history }: UserExport): Promise<string[]> {
  const posted = events.map(({ eventType, itemId, time }) => ({
    type: eventType,
    itemId: String(itemId ?? ""),
    time,
  }));
  const fitted = history.map(({ itemId, lastEvent, eventTypes }) => ({
    ...{ type: eventTypes.at(-1) ?? "", itemId },
    time: lastEvent === undefined ? 0 : Date.parse(lastEvent) / 1000,
  }));
  const newest = [...posted, ...fitted]
    .filter(({ itemId }) => itemId !== "")
    .sort((a, b) => b.time - a.time)
    .filter(({ itemId }, at, all) => all.findIndex((other) => other.itemId === itemId) === at)
    .slice(0, shownMax);
  await Promise.all(newest.map(({ itemId }) => knowTitle(itemId)));
  return newest.map(({ type, itemId }) => `${deedWords(type)} ${knownItem(itemId)?.title ?? itemId}`);
}

async function knowTitle(itemId: string): Promise<void> {
  if (knownItem(itemId)) return;
  try {
    remember([{ itemId, item: await shopClient.item(itemId) }]);
  } catch {
    // Withdrawn from sale since: the id stands for it.
  }
}

function deedWords(type: string): string {
  const words: Record<string, string> = {
    ...{ view: "Looked at", addtocart: "Put into the cart", viewcart: "Had in the cart" },
    ...{ startcheckout: "Was about to buy", purchase: "Bought" },
  };
  return words[type.toLowerCase()] ?? wordsOf(type);
}
