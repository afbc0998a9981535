import type { Summary } from "aisle/admin";
import { useState } from "react";
import { Link } from "wouter";
import { openNeverShown } from "./never-shown.ts";
import { Loaded } from "./states.tsx";
import { TodoCard } from "./todo-card.tsx";
import { useAsked } from "./use-asked.ts";
import { number, onDay } from "./words.ts";

const zone = encodeURIComponent(Intl.DateTimeFormat().resolvedOptions().timeZone);

const placeOf = { models: "/models", performance: "/performance" } as const;

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
          <NeverShown summary={summary} />
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
          <ClauseLink about={about} text={text} />
          {at < clauses.length - 1 ? "; " : ". "}
        </span>
      ))}
      <span className={todos.length === 0 ? "calm" : "marked"}>{end}</span>
    </h1>
  );
}

function ClauseLink({
  about,
  text,
}: {
  readonly about: Summary["clauses"][number]["about"];
  readonly text: string;
}) {
  if (about !== "products") return <Link href={placeOf[about]}>{text}</Link>;
  return (
    <button type="button" className="as-text" onClick={openNeverShown}>
      {text}
    </button>
  );
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

function NeverShown({ summary: { figures } }: { readonly summary: Summary }) {
  const { products } = figures;
  if (products === undefined || products.neverShown === 0) return null;
  const more = products.neverShown - products.examples.length;
  return (
    <details id="never-shown" className="panel">
      <summary>
        {number(products.neverShown)} of {number(products.count)} products are never shown
      </summary>
      <p className="quiet">
        They are in the first {products.length} rows of none of {number(products.lists)} shoppers. A promotion
        gives some of them a place. <Link href="/rules">Open the rules</Link>
      </p>
      <ul className="columns">
        {products.examples.map(({ itemId, title }) => (
          <li key={itemId}>{title}</li>
        ))}
        {more > 0 && <li className="quiet">and {number(more)} more</li>}
      </ul>
    </details>
  );
}
