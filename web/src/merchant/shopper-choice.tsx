import type { Shoppers } from "aisle/admin";
import { type FormEvent, useState } from "react";

/** Whose rows are shown: a newcomer's, one of some shoppers', or anybody's whose id is known. */
export function ShopperChoice({
  shoppers,
  userId,
  onChange,
}: {
  readonly shoppers: Shoppers["shoppers"];
  readonly userId: string;
  readonly onChange: (userId: string) => void;
}) {
  const [typed, setTyped] = useState("");
  const chosen = shoppers.find((each) => each.userId === userId);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onChange(typed.trim());
  };
  return (
    <div className="shopper">
      <label className="field">
        <span>Shopper</span>
        <select value={userId} onChange={({ target }) => onChange(target.value)}>
          <option value="">A newcomer, of whom nothing is known</option>
          {shoppers.map(({ userId: id, label, items }) => (
            <option key={id} value={id}>
              {label ?? `Shopper ${id}`} ({items} products)
            </option>
          ))}
          {userId !== "" && chosen === undefined && <option value={userId}>Shopper {userId}</option>}
        </select>
      </label>
      <form className="inline" onSubmit={submit}>
        <label className="field">
          <span>or any shopper's id</span>
          <input
            value={typed}
            maxLength={256}
            spellCheck={false}
            onChange={({ target }) => setTyped(target.value)}
          />
        </label>
        <button type="submit" className="button plain">
          Show
        </button>
      </form>
      {chosen && chosen.last.length > 0 && (
        <p className="quiet small">Last took or looked at: {chosen.last.join(", ")}</p>
      )}
    </div>
  );
}
