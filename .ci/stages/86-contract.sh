#!/usr/bin/env bash
# The contract against a local server that keeps activity: newman runs the Postman collection, Schemathesis looks for
# answers that the OpenAPI document does not allow, and the curl lines of docs/api.md are run as they stand there.
set -euo pipefail
. .ci/aws/env.sh
. .ci/serving.sh
schemathesis_version=4.32.5 schemathesis=$CACHE/schemathesis-4.32.5
if [ ! -f "$schemathesis/.complete" ]; then
  rm -rf "$schemathesis"
  python3 -m venv "$schemathesis"
  "$schemathesis/bin/pip" install -q --disable-pip-version-check "schemathesis==$schemathesis_version"
  touch "$schemathesis/.complete"
fi
aisle() { node dist/cli.js "$@"; }

folder=$WORK/contract registry=$WORK/contract/models port=3986
mkdir -p "$folder"
aisle demo --out "$folder/shop" >"$folder/demo.log"
aisle train --events "$folder/shop/events.csv.gz" --items "$folder/shop/items.csv" --factors 16 --iterations 3 \
  --registry "$registry" --force "to test" >"$folder/train.log" 2>&1
serve $port npx --no-install aisle serve --registry "$registry"
wait_for $port /health/ready 10
base=http://127.0.0.1:$port

# The client as a shop installs it: types in strict mode, then an answer.
npx --no-install node .ci/contract/client.ts "$base" "$folder"

# Each curl of the page, against this server: all of them answer, and with JSON where there is a body.
npx --no-install node .ci/contract/curls.ts docs/api.md "$base"

# Every request of the collection, with the tests that it brings.
curl -sf "$base/postman.json" >"$folder/postman.json"
newman run "$folder/postman.json" --bail --reporters cli --reporter-cli-no-banner --reporter-cli-no-success-assertions >"$folder/newman.log" ||
  { cat "$folder/newman.log" >&2; exit 1; }
grep -A 1 assertions "$folder/newman.log"

# Half a minute or so of requests that follow the document, and that break it.
# It keeps what it has found in the folder where it runs.
config=$PWD/.ci/schemathesis.toml
cd "$folder"
"$schemathesis/bin/schemathesis" --config-file "$config" run "$base/openapi.json" --max-examples 20 \
  --max-time 60 --seed 1 --continue-on-failure --no-shrink >"$folder/schemathesis.log" 2>&1 ||
  { cut -c1-400 "$folder/schemathesis.log" >&2; exit 1; }
tail -20 "$folder/schemathesis.log"
[ "$(curl -s -o "$folder/ready.json" -w '%{http_code}' "$base/health/ready")" = 200 ]
stop_serving
