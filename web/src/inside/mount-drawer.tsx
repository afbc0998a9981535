import { createRoot } from "react-dom/client";
import { Drawer } from "./drawer.tsx";

let isMounted = false;

/** Once on a page, outside of the shop: both halves of a split screen share it. */
export function mountDrawer(): void {
  if (isMounted) return;
  isMounted = true;
  const place = document.createElement("div");
  document.body.append(place);
  createRoot(place).render(<Drawer />);
}
