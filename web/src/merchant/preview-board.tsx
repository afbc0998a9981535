import type { RulesPreview } from "aisle/admin";
import { type KeyboardEvent, useId, useState } from "react";
import { type Draft, pinAt, pinOf, unpin } from "./rules-draft.ts";
import { Thumbnail } from "./thumbnail.tsx";
import { useDrag } from "./use-drag.ts";
import { price } from "./words.ts";

type Row = RulesPreview["after"][number];

interface BoardProps {
  readonly preview: RulesPreview;
  readonly draft: Draft;
  readonly onChange: (draft: Draft) => void;
}

/** The shopper's rows as the draft would have them. What is dragged to a place is pinned there, for everybody. */
export function PreviewBoard({ preview: { after, before, gone }, draft, onChange }: BoardProps) {
  const [said, setSaid] = useState("");
  const help = useId();
  const pin = (row: Row, position: number) => {
    const place = Math.min(Math.max(1, position), after.length);
    setSaid(`${titleOf(row)} is pinned at ${place}.`);
    onChange(pinAt(draft, row.itemId, place));
  };
  const release = (row: Row) => {
    setSaid(`${titleOf(row)} is no longer pinned.`);
    onChange(unpin(draft, row.itemId));
  };
  const { drag, handleOf } = useDrag((itemId, position) => {
    const row = after.find((each) => each.itemId === itemId);
    if (row) pin(row, position);
  });
  const lost = before.filter(({ itemId }) => gone.includes(itemId));
  return (
    <>
      <p id={help} className="quiet small">
        Drag a product to a place to pin it there for everybody. By keyboard: the arrow keys move it, Enter
        pins it where it is, Delete lets it go.
      </p>
      <p role="status" className="heard">
        {said}
      </p>
      <ol className="board">
        {after.map((row) => (
          <BoardRow
            key={row.itemId}
            row={row}
            pinned={pinOf(draft, row.itemId) !== undefined}
            help={help}
            isOver={drag?.over === row.rank}
            shift={drag?.itemId === row.itemId ? drag : undefined}
            handle={handleOf(row.itemId)}
            onPin={(position) => pin(row, position)}
            onRelease={() => release(row)}
          />
        ))}
      </ol>
      {lost.length > 0 && (
        <p className="quiet small">
          No longer among these {after.length}: {lost.map(titleOf).join(", ")}
        </p>
      )}
    </>
  );
}

interface BoardRowProps {
  readonly row: Row;
  readonly pinned: boolean;
  readonly help: string;
  readonly isOver: boolean;
  readonly shift: { readonly x: number; readonly y: number } | undefined;
  readonly handle: ReturnType<ReturnType<typeof useDrag>["handleOf"]>;
  readonly onPin: (position: number) => void;
  readonly onRelease: () => void;
}

function BoardRow({ row, pinned, help, isOver, shift, handle, onPin, onRelease }: BoardRowProps) {
  const title = titleOf(row);
  const press = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1, Enter: 0, " ": 0 }[event.key];
    if (step !== undefined) onPin(row.rank + step);
    else if (event.key === "Delete" || event.key === "Backspace") onRelease();
    else return;
    event.preventDefault();
  };
  return (
    <li
      className={["tile", pinned && "pinned", isOver && "over", shift && "dragged"].filter(Boolean).join(" ")}
      data-position={row.rank}
      {...(shift && { "data-dragged": "", style: { transform: `translate(${shift.x}px, ${shift.y}px)` } })}
    >
      <button type="button" className="handle" aria-describedby={help} onKeyDown={press} {...handle}>
        <span className="place" aria-hidden="true">
          {row.rank}
        </span>
        <Thumbnail row={row} />
        <span className="tile-title">{title}</span>
        <span className="heard">
          , place {row.rank}
          {pinned && ", pinned"}
        </span>
        {row.item?.price !== undefined && <span className="quiet small">{price(row.item.price)}</span>}
        <Change row={row} />
      </button>
      {pinned && (
        <button type="button" className="link small" onClick={onRelease}>
          Unpin<span className="heard"> {title}</span>
        </button>
      )}
    </li>
  );
}

function Change({ row: { rank, rankBefore, source, promotionName } }: { readonly row: Row }) {
  if (source === "pinned") return <span className="badge">pinned</span>;
  if (source === "promoted") return <span className="badge">{promotionName ?? "promoted"}</span>;
  if (rankBefore === undefined) return <span className="small good">new here</span>;
  if (rankBefore === rank) return null;
  const places = Math.abs(rankBefore - rank);
  return (
    <span className="quiet small">
      {rankBefore > rank ? `↑ ${places}` : `↓ ${places}`}
      <span className="heard">{rankBefore > rank ? " places up" : " places down"}</span>
    </span>
  );
}

function titleOf({ item, itemId }: { readonly item?: Row["item"]; readonly itemId: string }): string {
  return item?.title ?? itemId;
}
