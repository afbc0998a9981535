import type { ChannelState } from "aisle/admin";
import { atMoment, nameOfAction } from "./words.ts";

/** Every change of the channel, the newest first. */
export function ChannelHistory({ state: { history, failure } }: { readonly state: ChannelState }) {
  if (history.length === 0) return null;
  return (
    <section aria-labelledby="history">
      <h2 id="history">What changed</h2>
      {failure && <p className="bad">{failure}</p>}
      <ol className="history">
        {history.toReversed().map(({ at, action, who, why, gate, ...named }) => (
          <li key={at + action}>
            <p>
              <strong>{nameOfAction(action)}</strong>{" "}
              <code>{named.model ?? named.rules ?? named.catalog}</code>
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
