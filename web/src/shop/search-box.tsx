import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { useLocation, useSearch } from "wouter";
import { productPath } from "./addresses.ts";
import { type CardItem, Price } from "./card.tsx";
import { Icon } from "./icons.tsx";
import { Picture } from "./picture.tsx";
import { findItems, openSearchIndex } from "./search-index.ts";
import { useShop, useShopNavigation } from "./shop-context.tsx";

const suggestionsMax = 6;

/** Finds while one types; Enter shows everything that was found. */
export function SearchBox() {
  const go = useShopNavigation();
  const asked = new URLSearchParams(useSearch()).get("q") ?? "";
  const [location] = useLocation();
  const [words, setWords] = useState(asked);
  const [active, setActive] = useState(-1);
  const [isOpen, setOpen] = useState(false);
  const found = useSuggestions(isOpen ? words : "");
  const id = useId();
  useEffect(() => setWords(location === "/search" ? asked : ""), [location, asked]);

  const close = () => {
    setOpen(false);
    setActive(-1);
  };
  const submit = (item?: CardItem) => {
    close();
    if (item) go(productPath(item.itemId));
    else if (words.trim() !== "") go("/search", new URLSearchParams({ q: words.trim() }));
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "Escape") close();
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    const count = found.length + 1;
    setActive((at) => ((at + (event.key === "ArrowDown" ? 2 : count)) % count) - 1);
  };
  const shows = isOpen && found.length > 0;
  return (
    <search className="search">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit(found[active]);
        }}
      >
        <Icon name="search" />
        <input
          type="search"
          role="combobox"
          aria-label="Search the shop"
          aria-expanded={shows}
          aria-controls={id}
          aria-autocomplete="list"
          aria-activedescendant={shows && active >= 0 ? `${id}-${active}` : undefined}
          placeholder="Search"
          maxLength={200}
          autoComplete="off"
          spellCheck={false}
          value={words}
          onFocus={() => void openSearchIndex().catch(() => {})}
          onBlur={close}
          onKeyDown={onKey}
          onChange={({ target }) => {
            setWords(target.value);
            setOpen(true);
            setActive(-1);
          }}
        />
        <kbd aria-hidden="true">/</kbd>
      </form>
      <ul className="suggestions" role="listbox" id={id} aria-label="Suggestions" hidden={!shows}>
        {found.map((item, at) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys of its list
          <li
            key={item.itemId}
            id={`${id}-${at}`}
            role="option"
            tabIndex={-1}
            aria-selected={at === active}
            // Before the field loses its focus, and with it the list.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => submit(item)}
          >
            <Picture itemId={item.itemId} title={item.title} image={item.image} />
            <span className="suggestion-title">{item.title}</span>
            <Price price={item.price} />
          </li>
        ))}
      </ul>
    </search>
  );
}

/** What is found for the words so far; what is found too late is dropped. */
function useSuggestions(words: string): readonly CardItem[] {
  const [found, setFound] = useState<readonly CardItem[]>([]);
  const turn = useRef(0);
  useEffect(() => {
    const mine = ++turn.current;
    if (words.trim() === "") return setFound([]);
    findItems(words.trim(), suggestionsMax)
      .catch(() => [])
      .then((items) => {
        if (mine === turn.current) setFound(items);
      });
  }, [words]);
  return found;
}
