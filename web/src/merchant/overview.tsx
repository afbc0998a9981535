import type { Summary } from "aisle/admin";
import { useState } from "react";
import { Link } from "wouter";
import { Loaded } from "./states.tsx";
import { TodoCard } from "./todo-card.tsx";
import { useAsked } from "./use-asked.ts";
import { onDay } from "./words.ts";

const zone = encodeURIComponent(Intl.DateTimeFormat().resolvedOptions().timeZone);

const placeOf = { models: "/models", performance: "/performance", products: "/products" } as const;

export function Overview() {
  const asked = useAsked<Summary>(`summary?timeZone=${zone}`);
  const [done, setDone] = useState("");
  const after = async (words: string) => {
    setDone(words);
    await asked.again();
  };
  return (
    <Loaded asked={asked} lines={4}>
      {(summary) => (
        <div className="overview">
          <Sentence summary={summary} />
          <p role="status" className="said">
            {done}
          </p>
          {summary.todos.length > 0 && (
            <section aria-labelledby="todo">
              <h2 id="todo">To do</h2>
              <ul className="todos">
                {summary.todos.map((todo) => (
                  <TodoCard key={todo.title} todo={todo} onDone={after} />
                ))}
              </ul>
            </section>
          )}
          <How summary={summary} />
        </div>
      )}
    </Loaded>
  );
}

/** Every figure of it leads to where more is told. */
function Sentence({ summary: { clauses, todos, sentence } }: { readonly summary: Summary }) {
  const end = sentence.slice(sentence.lastIndexOf(". ") + 2);
  return (
    <h1 className="sentence" data-testid="sentence">
      {clauses.map(({ text, about }, at) => (
        <span key={text}>
          <Link href={placeOf[about]}>{unbroken(text)}</Link>
          {at < clauses.length - 1 ? "; " : ". "}
        </span>
      ))}
      <span className={todos.length === 0 ? "calm" : "marked"}>{end}</span>
    </h1>
  );
}

/** Figures stay in one piece where lines break. */
function unbroken(text: string): string {
  return text.replace(/(\d) %/g, "$1\u00a0%").replaceAll("–", "\u2060–\u2060");
}

function How({ summary: { clauses, figures } }: { readonly summary: Summary }) {
  return (
    <section aria-labelledby="how" className="how">
      <h2 id="how">Where this comes from</h2>
      <dl>
        {clauses.map(({ text, how }) => (
          <div key={text}>
            <dt>{text[0].toUpperCase() + text.slice(1)}</dt>
            <dd className="quiet">{how}</dd>
          </div>
        ))}
      </dl>
      {figures.model && (
        <p className="quiet small">
          Live: model <code>{figures.model.version}</code>, made on {onDay(figures.model.createdAt)}.
        </p>
      )}
    </section>
  );
}
