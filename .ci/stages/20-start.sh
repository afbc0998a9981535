#!/usr/bin/env bash
# npm start from nothing: page in 2 s, popular rows in 5 s, the trained model in 60 s; again: ready in 2 s.
set -euo pipefail
. .ci/serving.sh
export AISLE_REGISTRY=$WORK/start-registry
serve 3972 npm start
wait_for 3972 / 2
wait_for 3972 "/popular?numResults=4" 5
wait_for 3972 /health/ready 60
curl -sf "http://127.0.0.1:3972/recommendations?userId=42&numResults=3" | grep -q '"source":"als"'
grep -q 'popularity' "$WORK/serve-3972.log"
stop_serving
serve 3972 npm start
wait_for 3972 /health/ready 2
stop_serving

serve 3973 npx aisle serve --registry "$AISLE_REGISTRY"
wait_for 3973 /health/ready 5
if PORT=3973 npx aisle serve --registry "$AISLE_REGISTRY" >"$WORK/taken.log" 2>&1; then
  echo "a taken port was not refused" >&2
  exit 1
fi
grep -q 3973 "$WORK/taken.log"
stop_serving
