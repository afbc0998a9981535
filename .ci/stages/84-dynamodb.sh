#!/usr/bin/env bash
# The store of activity on a server that speaks DynamoDB: the suite that `npm test` runs on its own stand-in, then the
# whole round: events posted to one server count in another's answer, reach the archive by the table's stream, and are
# trained on.
set -euo pipefail
. .ci/aws/env.sh
. .ci/serving.sh
export AISLE_DYNAMODB=http://127.0.0.1:$PORT_MOTO AWS_ENDPOINT_URL_DYNAMODB=http://127.0.0.1:$PORT_MOTO
npx --no-install vitest run --config .ci/dynamodb/vitest.config.ts

work=$WORK/dynamodb table=activity-round-$$-$RANDOM
export AISLE_REGISTRY=$work/registry
mkdir -p "$work"
.ci/aws/demo-model.sh "$work/registry" >/dev/null 2>"$work/train.log" || { tail -20 "$work/train.log" >&2; exit 1; }
"$NODE24/bin/node" .ci/dynamodb/archive.ts table "$table"

here=$(free_port) there=$(free_port)
export AISLE_EVENTS=dynamodb:$table
serve "$there" node dist/cli.js serve
beside=$server
serve "$here" node dist/cli.js serve
stop_both() {
  local status=$?
  stop_serving || status=1
  server=$beside
  stop_serving || status=1
  return $status
}
trap stop_both EXIT
wait_for "$here" /health/ready 30
wait_for "$there" /health/ready 30

# post USER SESSION EVENT…: as Amazon Personalize's PutEvents; a user of - is nobody yet.
post() {
  local user=$1 session=$2
  shift 2
  jq -cn --arg user "$user" --arg session "$session" --args '{trackingId: "t", sessionId: $session,
    eventList: [$ARGS.positional[] | fromjson]} + (if $user == "-" then {} else {userId: $user} end)' "$@" |
    curl -sf -H "content-type: application/json" --data-binary @- "http://127.0.0.1:$here/events"
}
event() { jq -cn --arg id "$1" --arg type "$2" --arg item "${3-}" --argjson at "$(date +%s)" \
  '{eventId: $id, eventType: $type, sentAt: $at} + (if $item == "" then {} else {itemId: $item} end)'; }
rows() { curl -sf "http://127.0.0.1:$there/recommendations?userId=$1&numResults=10" | jq -c '[.items[].itemId]'; }

mapfile -t items < <(curl -sf "http://127.0.0.1:$there/recommendations?numResults=30" | jq -r '.items[].itemId')
[ ${#items[@]} -eq 30 ]
before=$(rows posted-user)
post - session-1 "$(event e1 view "${items[20]}")" "$(event e2 view "${items[21]}")" | jq -e '.accepted == 2' >/dev/null
post posted-user session-1 "$(event e3 view "${items[22]}")" "$(event e4 search)" "$(event e5 hide "${items[0]}")" |
  jq -e '.accepted == 3' >/dev/null
posted=$(date +%s%N)
after=$(rows posted-user)
took=$((($(date +%s%N) - posted) / 1000000))
[ "$before" != "$after" ]
[ "$took" -le 1000 ]
jq -e --arg hidden "${items[0]}" 'index($hidden) == null' <<<"$after" >/dev/null
post posted-user session-1 "$(event e3 view "${items[22]}")" | jq -e '.accepted == 0 and .repeated == 1' >/dev/null
echo "a posted event changed another server's answer, asked $took ms later"

"$NODE24/bin/node" .ci/dynamodb/archive.ts file "$table" "$work/archive" | tee "$work/kinds.json"
jq -e '."session-event" == 2 and .event == 3 and ."other-event" == 2 and .exposure == 3 and .passed < .streamed' \
  "$work/kinds.json" >/dev/null
train() { node dist/cli.js train --factors 8 --iterations 2 --trials 1 --force "to test" --json "$@" 2>"$work/train.log"; }

# The model that has read the archive knows the user, whom the one before does not.
source_of() { AISLE_EVENTS='' node dist/cli.js recommend --user posted-user --json "$@" | jq -r .source; }
[ "$(source_of)" = popular ]
node dist/cli.js train --events "$WORK/demo-shop/events.csv.gz" --events "$work/archive/events" --factors 8 \
  --iterations 2 --trials 1 --force "to test" --json >"$work/together.json" 2>"$work/train.log" ||
  { tail -20 "$work/train.log" >&2; exit 1; }
[ "$(jq -r .promoted "$work/together.json")" = true ]
[ "$(source_of)" = als ]
echo "trained on the archive, $(jq -r .version "$work/together.json") knows who had posted"
