import { useEffect, useState } from "react";
import { ask } from "./admin-client.ts";
import type { Draft } from "./rules-draft.ts";
import { pinAt, pinOf } from "./rules-draft.ts";
import { price } from "./words.ts";

interface Found {
  readonly items: readonly { readonly itemId: string; readonly title: string; readonly price?: number }[];
}

const shownMax = 6;
const pauseMs = 200;

/** Pins a product that is not among the rows: found by words of its title. */
export function PinSearch({
  draft,
  onChange,
}: {
  readonly draft: Draft;
  readonly onChange: (draft: Draft) => void;
}) {
  const [words, setWords] = useState("");
  const [found, setFound] = useState<Found["items"]>([]);
  useEffect(() => {
    if (words.trim().length < 2) {
      setFound([]);
      return;
    }
    const asking = new AbortController();
    const pause = setTimeout(() => {
      ask<Found>(`items?q=${encodeURIComponent(words.trim())}`, { signal: asking.signal }).then(
        ({ items }) => setFound(items.slice(0, shownMax)),
        () => {},
      );
    }, pauseMs);
    return () => {
      clearTimeout(pause);
      asking.abort();
    };
  }, [words]);
  const isSearching = words.trim().length >= 2;
  return (
    <div className="pin-search">
      <label className="field">
        <span>Pin another product</span>
        <input
          type="search"
          placeholder="words of its title"
          value={words}
          onChange={({ target }) => setWords(target.value)}
        />
      </label>
      {isSearching && (
        <ul className="found">
          {found.map(({ itemId, title, price: amount }) => (
            <li key={itemId}>
              <span>
                {title} {amount !== undefined && <span className="quiet small">{price(amount)}</span>}
              </span>
              <button
                type="button"
                className="button plain small"
                disabled={pinOf(draft, itemId) !== undefined}
                onClick={() => {
                  onChange(pinAt(draft, itemId, 1));
                  setWords("");
                }}
              >
                Pin first<span className="heard">: {title}</span>
              </button>
            </li>
          ))}
          {found.length === 0 && <li className="quiet">No product on sale has these words.</li>}
        </ul>
      )}
    </div>
  );
}
