import type { ChannelState } from "aisle/admin";
import { atMoment, nameOfAction } from "./words.ts";

/** Every change of the channel, the newest first. */
export function ChannelHistory({ state: { history, held, failure } }: { readonly state: ChannelState }) {
  const all = [...history, ...held].toSorted((a, b) => (a.at < b.at ? 1 : -1));
  if (all.length === 0) return null;
  return (
    <section aria-labelledby="history">
      <h2 id="history">What changed</h2>
      {failure && <p className="bad">{failure}</p>}
      <ol className="history">
        {all.map(({ at, action, who, why, gate, model, ...named }) => (
          <li key={at + action}>
            <p>
              <strong>{nameOfAction(action)}</strong> <code>{model ?? whatMoved(named)}</code>
            </p>
            <p>“{why}”</p>
            {gate && gate.reason !== why && <p className="quiet small">The checks said: {gate.reason}.</p>}
            <p className="quiet small">
              {who}, <time dateTime={at}>{atMoment(at)}</time>
            </p>
          </li>
        ))}
      </ol>
    </section>
  );
}

function whatMoved(named: object): string | undefined {
  const { rules, catalog } = named as { rules?: string; catalog?: string };
  return rules ?? catalog;
}
