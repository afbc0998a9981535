import type { Summary } from "aisle/admin";
import { useState } from "react";
import { useLocation } from "wouter";
import { MoveDialog } from "./move-dialog.tsx";

type Todo = Summary["todos"][number];

export function TodoCard({
  todo: { title, why, button, action },
  onDone,
}: {
  readonly todo: Todo;
  readonly onDone: (words: string) => unknown;
}) {
  const [, go] = useLocation();
  const [isOpen, setOpen] = useState(false);
  const [isCopied, setCopied] = useState(false);
  const act = async () => {
    if (action.do === "copy") {
      await navigator.clipboard.writeText(action.command);
      setCopied(true);
    } else if (action.do !== "open") setOpen(true);
    else go(`/${action.page}`);
  };
  return (
    <li className="todo">
      <div>
        <h3>{title}</h3>
        <p className="quiet">{why}</p>
        {action.do === "copy" && <code className="command">{action.command}</code>}
      </div>
      <button type="button" className="button" onClick={() => void act()}>
        {isCopied ? "Copied" : button}
      </button>
      {isOpen && (action.do === "promote" || action.do === "rollback") && (
        <MoveDialog
          kind={action.do}
          version={action.version}
          onClose={(words) => {
            setOpen(false);
            if (words !== undefined) onDone(words);
          }}
        />
      )}
    </li>
  );
}
