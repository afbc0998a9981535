import type { OwnShopState } from "./start-api.ts";
import { count, recommenderWords } from "./words.ts";

type Board = NonNullable<NonNullable<OwnShopState["training"]>["leaderboard"]>;

/** How well each way of recommending foretold what was held back, as bars with their intervals. */
export function Leaderboard({ board, isFinal }: { board: Board; isFinal: boolean }) {
  const { rows, metric, userCount } = board;
  const most = Math.max(...rows.map(({ value, high }) => high ?? value), Number.MIN_VALUE);
  const share = (value: number) => `${(value / most) * 100}%`;
  return (
    <figure className="leaderboard">
      <figcaption>
        Who foretells best what {count(userCount)} shoppers did next?{" "}
        <span className="quiet">
          {metric}, 1 is perfect{isFinal ? "" : "; more are being measured"}
        </span>
      </figcaption>
      <table>
        <thead className="heard">
          <tr>
            <th scope="col">Recommender</th>
            <th scope="col">{metric}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, value, low, high, isOurs }) => (
            <tr key={name} data-ours={isOurs || undefined}>
              <th scope="row">
                {isOurs ? "Your model" : (recommenderWords(name) ?? name)}
                {!isOurs && recommenderWords(name) && <span className="quiet">{name}</span>}
              </th>
              <td className="track" aria-hidden="true">
                <span className="bar" style={{ inlineSize: share(value) }} />
                {low !== undefined && high !== undefined && (
                  <span
                    className="interval"
                    style={{ insetInlineStart: share(low), inlineSize: share(high - low) }}
                  />
                )}
              </td>
              <td className="value">{value.toFixed(4)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}
