import type { Interactions } from "../../interactions/aggregate.ts";
import type { EventLog } from "../../interactions/event-log.ts";
import { TopRows } from "../../model/top-rows.ts";
import type { Recommend } from "../evaluate.ts";
import { type FittedPart, isHiddenPair } from "../held-out.ts";
import { ScoreBoard } from "./score-board.ts";

/** A recommender to beat: fitted to the same part, scored by the same evaluator. */
export interface Baseline {
  /** its key in JSON */
  readonly slug: string;
  /** its name in tables */
  readonly name: string;
  /** `interactions` and `log` are the same events, aggregated and one by one */
  fit(interactions: Interactions, log: EventLog): Recommend;
}

/** Adds to the board whatever a known user's history (a row of the interactions) says for items. */
export type ScoreUser = (userRow: number, board: ScoreBoard) => void;

/**
 * Lists by falling score, equal scores by row, filled up from `fillRows` (every item, best first); a user
 * without history gets `fillRows` alone. What the new-items task hides is left out of both.
 */
export function recommendByScores(
  interactions: FittedPart,
  fillRows: Uint32Array,
  scoreUser: ScoreUser,
): Recommend {
  const ids = [...interactions.items];
  const board = new ScoreBoard(ids.length);
  const barred = new Uint32Array(ids.length);
  let turn = 0;
  return (userId, k, task) => {
    const user = interactions.users.row(userId);
    turn++;
    const list: string[] = [];
    if (user >= 0) {
      if (task === "new") markHidden(interactions, user, barred, turn);
      scoreUser(user, board);
      for (const item of bestOf(board, k, (item) => barred[item] === turn)) {
        list.push(ids[item]);
        barred[item] = turn;
      }
      board.clear();
    }
    for (let at = 0; at < fillRows.length && list.length < k; at++) {
      if (barred[fillRows[at]] !== turn) list.push(ids[fillRows[at]]);
    }
    return list;
  };
}

function markHidden(interactions: FittedPart, user: number, barred: Uint32Array, turn: number): void {
  const { starts, columns } = interactions.confidence;
  for (let pair = starts[user]; pair < starts[user + 1]; pair++) {
    if (isHiddenPair(interactions, pair)) barred[columns[pair]] = turn;
  }
}

function bestOf(board: ScoreBoard, k: number, isBarred: (item: number) => boolean): Uint32Array {
  const top = new TopRows(k);
  for (let at = 0; at < board.touchedCount; at++) {
    const item = board.touched[at];
    const score = board.scores[item];
    if (score >= top.threshold && !isBarred(item)) top.offer(item, score);
  }
  return top.take().rows;
}
