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
  const id = useId();
  const { isSplit, side } = useShop();
  const { words, found, active, shows, change, close, onKey, submit } = useSearchBox();
  return (
    <search className="search" {...(isSplit && { "aria-label": `Search, ${side}` })}>
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
          onChange={({ target }) => change(target.value)}
        />
        <kbd>/</kbd>
      </form>
      <Suggestions id={id} found={shows ? found : []} active={active} onPick={submit} />
    </search>
  );
}

function useSearchBox() {
  const go = useShopNavigation();
  const asked = new URLSearchParams(useSearch()).get("q") ?? "";
  const [location] = useLocation();
  const [words, setWords] = useState(asked);
  const [active, setActive] = useState(-1);
  const [isOpen, setOpen] = useState(false);
  const found = useSuggestions(isOpen ? words : "");
  useEffect(() => setWords(location === "/search" ? asked : ""), [location, asked]);
  const close = () => {
    setOpen(false);
    setActive(-1);
  };
  const change = (written: string) => {
    setWords(written);
    setOpen(true);
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
    // One place more than there are finds: the field itself, at -1.
    const places = found.length + 1;
    const step = event.key === "ArrowDown" ? 1 : places - 1;
    setActive((at) => ((at + 1 + step) % places) - 1);
  };
  return { words, found, active, shows: isOpen && found.length > 0, change, close, onKey, submit };
}

interface SuggestionsProps {
  readonly id: string;
  readonly found: readonly CardItem[];
  readonly active: number;
  readonly onPick: (item: CardItem) => void;
}

function Suggestions({ id, found, active, onPick }: SuggestionsProps) {
  return (
    <div className="suggestions" role="listbox" id={id} aria-label="Suggestions" hidden={found.length === 0}>
      {found.map((item, at) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys of its list
        <div
          key={item.itemId}
          id={`${id}-${at}`}
          role="option"
          tabIndex={-1}
          aria-selected={at === active}
          // Before the field loses its focus, and with it the list.
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onPick(item)}
        >
          <Picture itemId={item.itemId} title={item.title} image={item.image} />
          <span className="suggestion-title">{item.title}</span>
          <Price price={item.price} />
        </div>
      ))}
    </div>
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
