import { InsideToggle } from "../inside/inside-toggle.tsx";

export function Shop() {
  return (
    <main id="main" className="page">
      <InsideToggle />
    </main>
  );
}
