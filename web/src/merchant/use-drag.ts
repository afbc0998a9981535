import { type PointerEvent, useRef, useState } from "react";

export interface Drag {
  readonly itemId: string;
  /** where it would be dropped now, from 1 */
  readonly over: number | undefined;
  /** px since it was taken up */
  readonly x: number;
  readonly y: number;
}

/** So far a pointer may tremble before it is a drag. */
const slackPx = 6;

/**
 * Drags an item to a place by mouse, pen or finger. Places are elements with `data-position`; the handle's element
 * keeps the pointer, so that nothing is lost at the edge of the window.
 */
export function useDrag(onDrop: (itemId: string, position: number) => void) {
  const [drag, setDrag] = useState<Drag>();
  const from = useRef<{ x: number; y: number; itemId: string } | undefined>(undefined);
  const handleOf = (itemId: string) => ({
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      if (event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      from.current = { x: event.clientX, y: event.clientY, itemId };
    },
    onPointerMove: (event: PointerEvent<HTMLElement>) => {
      const start = from.current;
      if (start === undefined) return;
      const [x, y] = [event.clientX - start.x, event.clientY - start.y];
      if (drag === undefined && Math.hypot(x, y) < slackPx) return;
      setDrag({ itemId, x, y, over: placeAt(event.clientX, event.clientY) });
    },
    onPointerUp: (event: PointerEvent<HTMLElement>) => {
      const position = drag && placeAt(event.clientX, event.clientY);
      end();
      if (position !== undefined) onDrop(itemId, position);
    },
    onPointerCancel: () => end(),
  });
  const end = () => {
    from.current = undefined;
    setDrag(undefined);
  };
  return { drag, handleOf };
}

function placeAt(x: number, y: number): number | undefined {
  const place = document
    .elementsFromPoint(x, y)
    .map((element) => element.closest<HTMLElement>("[data-position]"))
    .find((element) => element !== null && !element.hasAttribute("data-dragged"));
  return place ? Number(place.dataset.position) : undefined;
}
