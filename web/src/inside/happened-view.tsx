import { useState } from "react";
import { activityLog, type Call, type SentEvent } from "../activity-log.ts";
import { useObservable } from "../observable.ts";
import { apiBase } from "../settings.ts";
import { askerOf, isRowCall, nameOf, titlesOf } from "./asked.ts";
import { JsonView } from "./json-view.tsx";
import { deedWords, fateWords, routeWords, sourceWords, took } from "./plain-words.ts";

const filters = {
  story: "Deeds and rows",
  events: "Deeds only",
  all: "Every request",
} as const;
type Filter = keyof typeof filters;

type Happening =
  | { readonly at: number; readonly event: SentEvent }
  | { readonly at: number; readonly call: Call };

const shownMax = 60;

/** Deeds and what followed from them, the newest first. */
export function HappenedView() {
  const { calls, events } = useObservable(activityLog);
  const [filter, setFilter] = useState<Filter>("story");
  const titles = titlesOf(calls);
  const shown = happenings(calls, events, filter);
  return (
    <>
      <fieldset className="inside-filter">
        <legend className="heard">What to list</legend>
        {(Object.keys(filters) as Filter[]).map((each) => (
          <label key={each}>
            <input
              type="radio"
              name="inside-filter"
              className="heard"
              checked={each === filter}
              onChange={() => setFilter(each)}
            />
            {filters[each]}
          </label>
        ))}
      </fieldset>
      {shown.length === 0 ? (
        <p className="inside-empty">
          Nothing yet. Look at a product: it shows here, and so does what the shop makes of it.
        </p>
      ) : (
        <ol className="happened">
          {shown.map((happening) =>
            "event" in happening ? (
              <EventEntry
                key={happening.event.eventId}
                event={happening.event}
                title={happening.event.itemId === undefined ? undefined : titles.get(happening.event.itemId)}
              />
            ) : (
              <CallEntry key={happening.call.id} call={happening.call} />
            ),
          )}
        </ol>
      )}
    </>
  );
}

function happenings(calls: readonly Call[], events: readonly SentEvent[], filter: Filter): Happening[] {
  const kept = filter === "events" ? [] : calls.filter((call) => filter === "all" || isStory(call));
  return [
    ...kept.map((call) => ({ at: call.startedAt, call })),
    ...events.map((event) => ({ at: event.at, event })),
  ]
    .sort((a, b) => b.at - a.at)
    .slice(0, shownMax);
}

/** Rows, and what went wrong; whatever else a page has to ask is not what the shop thinks. */
function isStory(call: Call): boolean {
  return isRowCall(call) || call.failure !== undefined || (call.status ?? 0) >= 500;
}

function EventEntry({ event, title }: { event: SentEvent; title: string | undefined }) {
  const { eventType, itemId, position, state, at, failure } = event;
  return (
    <li data-kind="event" data-state={state}>
      <p className="happened-what">
        <strong>
          {deedWords(eventType)} {title ?? itemId}
        </strong>
        <Moment at={at} />
      </p>
      <p className="quiet">
        {position !== undefined && `Place ${position} of its row · `}
        {fateWords(state)}
        {failure && state !== "kept" && `: ${failure}`}
      </p>
      <JsonView label="The event" value={event} />
    </li>
  );
}

function CallEntry({ call }: { call: Call }) {
  const { method, path, body, status, answer, failure, startedAt, label } = call;
  return (
    <li data-kind="call" data-failed={failure !== undefined || (status ?? 200) >= 400 || undefined}>
      <p className="happened-what">
        <strong>{label ?? routeWords(path)}</strong>
        <Moment at={startedAt} />
      </p>
      <Outcome call={call} />
      <JsonView
        label="The request"
        value={{ method, url: apiBase + path, ...(body !== undefined && { body }) }}
      />
      {answer !== undefined && <JsonView label={`The answer (${status})`} value={answer} />}
    </li>
  );
}

function Outcome({ call }: { call: Call }) {
  const { milliseconds, scoringMilliseconds, failure, status } = call;
  if (milliseconds === undefined) return <p className="quiet">under way …</p>;
  const time = `${took(milliseconds)} there and back${scoringMilliseconds === undefined ? "" : `, ${took(scoringMilliseconds)} of it to rank`}`;
  if (failure !== undefined) return <p className="happened-failure">No answer: {failure}</p>;
  if (!isRowCall(call)) {
    const { detail } = (call.answer ?? {}) as { detail?: string };
    return (
      <p className={status! >= 400 ? "happened-failure" : "quiet"}>
        {status! >= 400 ? `${detail ?? `status ${status}`} · ${time}` : time}
      </p>
    );
  }
  const { items, source, model } = call.answer;
  const asker = askerOf(call);
  const isAnyones = asker.userId === undefined && asker.sessionId === undefined;
  return (
    <>
      <p>
        {items.length} products {isAnyones ? "for anybody" : `for ${nameOf(asker)}`}, {sourceWords(source)}
      </p>
      <p className="quiet">
        {time} · model <code>{model.version}</code> · <code>{source}</code>
      </p>
    </>
  );
}

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });

function Moment({ at }: { at: number }) {
  return (
    <time className="quiet" dateTime={new Date(at).toISOString()}>
      {clock.format(at)}
    </time>
  );
}
