#!/usr/bin/env bash
# A sweep that goes to a real MLflow server: what its REST API and its Python client find there; then a server that
# dies in the middle and one that hangs, neither of which the training may notice but in what it says at the end.
set -euo pipefail
mlflow_version=3.17.2 mlflow=${CACHE:?}/mlflow-3.17.2
if [ ! -f "$mlflow/.complete" ]; then
  rm -rf "$mlflow"
  python3 -m venv "$mlflow"
  "$mlflow/bin/pip" install -q --disable-pip-version-check "mlflow==$mlflow_version"
  touch "$mlflow/.complete"
fi
export MLFLOW_DISABLE_TELEMETRY=true DO_NOT_TRACK=true
unset MLFLOW_TRACKING_TOKEN MLFLOW_TRACKING_USERNAME MLFLOW_TRACKING_PASSWORD MLFLOW_EXPERIMENT_NAME COMET_API_KEY
aisle() { npx --no-install node dist/cli.js "$@"; }

folder=$WORK/trackers registry=$WORK/trackers/models port=5987
mkdir -p "$folder"
export MLFLOW_TRACKING_URI=http://127.0.0.1:$port
server=

# Its processes are a group of their own, ended by the group's id.
start_mlflow() {
  setsid "$mlflow/bin/mlflow" server --backend-store-uri "sqlite:///$folder/mlflow.db" --serve-artifacts \
    --artifacts-destination "$folder/artifacts" --host 127.0.0.1 --port $port --workers 1 \
    >>"$folder/mlflow.log" 2>&1 </dev/null &
  server=$!
  trap end_mlflow EXIT
  for _ in $(seq 240); do
    curl -sf -o /dev/null -m 2 "$MLFLOW_TRACKING_URI/health" && return 0
    kill -0 "$server" 2>/dev/null || break
    sleep .25
  done
  tail -30 "$folder/mlflow.log" >&2
  return 1
}
end_mlflow() {
  trap - EXIT
  kill -CONT -- "-$server" 2>/dev/null || true
  kill -KILL -- "-$server" 2>/dev/null || true
  wait "$server" 2>/dev/null || true
}
check() { "$mlflow/bin/python" .ci/mlflow/check.py "$registry" "$@"; }
ended_trials() {
  curl -sf -m 5 -X POST "$MLFLOW_TRACKING_URI/api/2.0/mlflow/runs/search" -H 'content-type: application/json' \
    -d '{"experiment_ids":["1"],"filter":"tags.`aisle.run` = '"'$1'"' and tags.`aisle.kind` = '"'trial'"'","max_results":1000}' |
    { grep -o '"status": *"FINISHED"' || true; } | wc -l
}

aisle demo --out "$folder/shop" >"$folder/demo.log"
(set +o pipefail; zcat "$folder/shop/events.csv.gz" | head -40001 >"$folder/events.csv")
sweep() {
  local name=$1
  shift
  aisle train --events "$folder/events.csv" --items "$folder/shop/items.csv" --registry "$registry" \
    --run "$name" --force "to test" "$@" >"$folder/$name.log" 2>&1
}

start_mlflow
sweep whole --factors 8,16 --trials 4 --iterations 3
if grep -q 'has not got' "$folder/whole.log"; then cat "$folder/whole.log" >&2; exit 1; fi
check whole
# Sent once more, nothing is there twice.
aisle runs push whole --registry "$registry" | tee "$folder/again.log"
grep -q 'nothing new' "$folder/again.log"
check whole

# A server that dies in the middle of a sweep.
sweep killed --factors 16,24,32,48 --trials 24 --iterations 8 &
training=$!
for _ in $(seq 600); do
  [ "$(ended_trials killed)" -ge 2 ] && break
  kill -0 "$training" 2>/dev/null || { echo "the sweep ended before MLflow had two trials" >&2; exit 1; }
  sleep .05
done
end_mlflow
wait "$training"
command=$(sed -n 's/^ *send it later with: aisle //p' "$folder/killed.log")
[ -n "$command" ] || { echo "nothing says what was not sent" >&2; cat "$folder/killed.log" >&2; exit 1; }
grep 'has not got' "$folder/killed.log"
start_mlflow
eval "aisle $command"
check killed

# One that takes requests and never answers: the training ends all the same, and soon after its work is done.
kill -STOP -- "-$server"
from=$(date +%s)
sweep hung --factors 8 --trials 2 --iterations 3
echo "a sweep ended in $(($(date +%s) - from)) s while MLflow hung"
[ $(($(date +%s) - from)) -le 90 ]
grep 'has not got' "$folder/hung.log"
kill -CONT -- "-$server"
aisle runs push --to mlflow --registry "$registry"
check hung
end_mlflow
