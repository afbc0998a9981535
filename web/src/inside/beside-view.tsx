import { useEffect, useId, useState } from "react";
import { activityLog } from "../activity-log.ts";
import { useObservable } from "../observable.ts";
import type { Answer } from "../shop-client.ts";
import { type Asker, askersOf, besideCount, besideQuery, nameOf, rowsBeside, type Side } from "./asked.ts";
import { insideClient } from "./inside-client.ts";
import { inside } from "./inside-state.ts";
import { sourceWords } from "./plain-words.ts";
import { listVersions, type Version } from "./versions.ts";

/** Two ways to fill a row for the same shopper, and where they agree. */
export function BesideView() {
  const { calls } = useObservable(activityLog);
  const { subject } = useObservable(inside);
  const askers = withSubject(askersOf(calls), subject);
  const [chosen, setChosen] = useState<string>();
  const [sides, setSides] = useState<readonly [Side, Side]>([{ kind: "personal" }, { kind: "popular" }]);
  const versions = useVersions();
  const asker = askers.find((each) => keyOf(each) === chosen) ?? askers[0];
  const left = useAnswer(asker, sides[0]);
  const right = useAnswer(asker, sides[1]);
  if (asker === undefined) {
    return (
      <p className="inside-empty">
        Choose a shopper in the shop, or look at a product: then there is somebody to compare for.
      </p>
    );
  }
  const id = "inside-asker";
  return (
    <div className="beside">
      <p className="beside-who">
        <label htmlFor={id}>For</label>
        <select id={id} value={keyOf(asker)} onChange={({ target }) => setChosen(target.value)}>
          {askers.map((each) => (
            <option key={keyOf(each)} value={keyOf(each)}>
              {nameOf(each)}
            </option>
          ))}
        </select>
      </p>
      <Agreement left={left} right={right} />
      <div className="beside-columns">
        {[left, right].map((answer, at) => (
          <Column
            // biome-ignore lint/suspicious/noArrayIndexKey: there are always two, and they never move
            key={at}
            label={at === 0 ? "Left" : "Right"}
            side={sides[at]}
            versions={versions}
            answer={answer}
            other={at === 0 ? right : left}
            onSide={(side) => setSides(at === 0 ? [side, sides[1]] : [sides[0], side])}
          />
        ))}
      </div>
    </div>
  );
}

type Found = Answer | Error | undefined;

function Agreement({ left, right }: { left: Found; right: Found }) {
  if (!isAnswer(left) || !isAnswer(right)) return <p className="beside-sum">Asking both …</p>;
  const both = rowsBeside(left, right).filter(({ elsewhere }) => elsewhere !== undefined).length;
  const isEmpty = left.items.length === 0 || right.items.length === 0;
  const words = isEmpty
    ? "One of them has nothing to show."
    : both === 0
      ? "They have nothing in common: each row is its own."
      : both === left.items.length
        ? "Both show the same products."
        : `${both} of ${left.items.length} products are in both.`;
  return (
    <p className="beside-sum" role="status">
      {words}
    </p>
  );
}

interface ColumnProps {
  readonly label: string;
  readonly side: Side;
  readonly versions: readonly Version[];
  readonly answer: Found;
  readonly other: Found;
  onSide(side: Side): void;
}

function Column({ label, side, versions, answer, other, onSide }: ColumnProps) {
  const id = useId();
  const value = side.kind === "model" ? side.version : side.kind;
  return (
    <section>
      <label className="heard" htmlFor={id}>
        {label}
      </label>
      <select id={id} value={value} onChange={({ target }) => onSide(sideOf(target.value))}>
        <option value="personal">For this shopper</option>
        <option value="popular">Popular with everybody</option>
        {versions.map(({ version, words }) => (
          <option key={version} value={version}>
            {words}
          </option>
        ))}
      </select>
      {answer === undefined && <p className="quiet">Asking …</p>}
      {answer instanceof Error && <p className="happened-failure">{answer.message}</p>}
      {isAnswer(answer) && <Rows answer={answer} other={isAnswer(other) ? other : undefined} />}
    </section>
  );
}

function Rows({ answer, other }: { answer: Answer; other: Answer | undefined }) {
  return (
    <>
      <p className="beside-by">By {sourceWords(answer.source).replace(/^by /, "")}</p>
      <ol className="beside-rows">
        {rowsBeside(answer, other).map(({ itemId, title, source, elsewhere }) => (
          <li key={itemId} data-both={elsewhere !== undefined || undefined}>
            <span className="beside-title">{title}</span>
            <span className="quiet">
              {elsewhere === undefined ? only(source, answer.source) : `also there, at ${elsewhere}`}
            </span>
          </li>
        ))}
      </ol>
    </>
  );
}

/** A row that comes from elsewhere than the rest says so. */
function only(source: string, answerSource: string): string {
  return source === answerSource ? "only here" : `only here, ${sourceWords(source)}`;
}

function sideOf(value: string): Side {
  return value === "personal" || value === "popular" ? { kind: value } : { kind: "model", version: value };
}

function isAnswer(found: Found): found is Answer {
  return found !== undefined && !(found instanceof Error);
}

function keyOf({ userId, sessionId }: Asker): string {
  return userId ?? sessionId ?? "";
}

/** Whom somebody just asked about comes first. */
function withSubject(
  askers: Asker[],
  subject: { userId: string | undefined; sessionId: string } | undefined,
): Asker[] {
  if (subject === undefined) return askers;
  const isTheirs = ({ userId, sessionId }: Asker) =>
    subject.userId === undefined
      ? userId === undefined && sessionId === subject.sessionId
      : userId === subject.userId;
  return [...askers.filter(isTheirs), ...askers.filter((asker) => !isTheirs(asker))];
}

/** Asked anew for another shopper, another side, or after another deed of the visit. */
function useAnswer(asker: Asker | undefined, side: Side): Found {
  const [found, setFound] = useState<{ question: string; answer: Answer | Error }>();
  const { events } = useObservable(activityLog);
  const deeds = events.filter(({ state }) => state !== "sending").length;
  const question = asker && JSON.stringify([asker, side, deeds]);
  useEffect(() => {
    if (question === undefined) return;
    const control = new AbortController();
    const [who, what] = JSON.parse(question) as [Asker, Side];
    const take = (answer: Answer | Error) => {
      if (!control.signal.aborted) setFound({ question, answer });
    };
    const asked =
      what.kind === "popular"
        ? insideClient.popular({ numResults: besideCount }, { signal: control.signal })
        : insideClient.recommendations(besideQuery(who, what), { signal: control.signal });
    asked.then(take, take);
    return () => control.abort();
  }, [question]);
  // Rows of the question before stay until there are newer ones: nothing jumps.
  return found?.answer;
}

function useVersions(): readonly Version[] {
  const [versions, setVersions] = useState<readonly Version[]>([]);
  useEffect(() => {
    let isGone = false;
    void listVersions().then((listed) => {
      if (!isGone) setVersions(listed);
    });
    return () => {
      isGone = true;
    };
  }, []);
  return versions;
}
