const shapes = {
  search: "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13Zm9.5 3-4.9-4.9",
  cart: "M3 4h2.2l2.3 11.2h10.3l2.2-8.2H6.2M9 20h.01M16.5 20h.01",
  close: "m6 6 12 12M18 6 6 18",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  back: "M19 12H5m6-6-6 6 6 6",
  split: "M4 5h16v14H4zM12 5v14",
  check: "m5 12.5 4.5 4.5L19 7.5",
  open: "M8 5h11v11M19 5 6 18",
} as const;

/** Decoration: what it stands for is always said in words beside it. */
export function Icon({ name }: { readonly name: keyof typeof shapes }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
      <path
        d={shapes[name]}
        fill="none"
        stroke="currentColor"
        strokeWidth="2"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
