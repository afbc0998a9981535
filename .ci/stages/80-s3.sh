#!/usr/bin/env bash
# Registries in a real S3 server: the suites of stores and registries, then what operators and servers do with one.
set -euo pipefail
. .ci/aws/env.sh
. .ci/serving.sh
export AISLE_TEST_S3=http://127.0.0.1:$PORT_S3 AWS_ENDPOINT_URL_S3=http://127.0.0.1:$PORT_S3
await_http "$AISLE_TEST_S3/health" 10
npx vitest run test/store/s3-store.test.ts test/registry/{registry,channel,copying,removing}.test.ts

name=ci-$$-$RANDOM
stage=s3://bucket/$name/stage prod=s3://bucket/$name/prod
aisle() { node dist/cli.js "$@"; }

# fails EXPECTED COMMAND…: the command must fail and say so.
fails() {
  local expected=$1
  shift
  if "$@" >"$WORK/refused.log" 2>&1; then
    echo "did not fail: $*" >&2
    return 1
  fi
  grep -q "$expected" "$WORK/refused.log" || { cat "$WORK/refused.log" >&2; return 1; }
}

# serves VERSION SECONDS: until the server's model is this one; asking is what makes it look.
serves() {
  local from=$SECONDS
  until curl -sf -m 5 "http://127.0.0.1:$port/health/ready" | grep -q "\"version\":\"$1\""; do
    [ $((SECONDS - from)) -lt "$2" ] || { echo "not serving $1 after $2 s" >&2; cat "$WORK/serve-$port.log" >&2; return 1; }
    sleep .2
  done
}

aisle demo --out "$WORK/shop" >"$WORK/demo.log"
train() { aisle train --events "$WORK/shop/events.csv.gz" --registry "$stage" --factors 16 --iterations 3 --force "to test" --json "$@"; }
version_in() { node -e 'console.log(JSON.parse(require("fs").readFileSync(0)).version)'; }

# A server that starts before there is anything, recovers by itself.
port=3980
MODEL_TTL=1 CATALOG_TTL=1 serve $port node dist/cli.js serve --registry "$prod"
wait_for $port /health/live 10
[ "$(curl -s -o "$WORK/problem.json" -w '%{http_code}' "http://127.0.0.1:$port/health/ready")" = 503 ]
grep -q "No model is loaded yet" "$WORK/problem.json"
[ "$(curl -s -o "$WORK/problem.json" -w '%{http_code}' "http://127.0.0.1:$port/recommendations")" = 503 ]

first=$(train --seed 1 | tee "$WORK/first.json" | version_in)
aisle catalog push --items "$WORK/shop/items.csv" --registry "$stage"
aisle models list --registry "$stage" | grep -q "$first.*production"
aisle models copy "$stage" "$prod"
aisle models promote "$first" --registry "$prod" --force "to test"
serves "$first" 30
curl -sf "http://127.0.0.1:$port/recommendations?numResults=3" | grep -q itemId

# A second model appears without a restart, though the process stands still for longer than any timeout.
second=$(train --seed 2 | version_in)
[ "$first" != "$second" ]
aisle models copy "$second" --registry "$stage" --to "$prod"
aisle models promote "$second" --registry "$prod" --force "to test"
sleep 1
curl -sf -o "$WORK/beside.json" "http://127.0.0.1:$port/recommendations?numResults=3"
kill -STOP -- "-$server"
sleep 7
kill -CONT -- "-$server"
serves "$second" 30

# What was tried lies in the bucket for whoever looks, and a sweep that was killed goes on from there.
runs() { aisle runs "$@" --registry "$stage"; }
ended() { runs list --where state=ended --json | node -e 'console.log(JSON.parse(require("fs").readFileSync(0)).length)'; }
[ "$(ended)" = 2 ]
cut=(train --events "$WORK/shop/events.csv.gz" --registry "$stage" --factors 16 --iterations 3 --search grid --trials 6 --no-promote)
node dist/cli.js "${cut[@]}" --run cut >"$WORK/cut.log" 2>&1 &
killed=$!
until grep -q '(2 of 6)' "$WORK/cut.log"; do
  kill -0 $killed || { cat "$WORK/cut.log" >&2; exit 1; }
  sleep .1
done
kill -9 $killed
wait $killed || [ $? = 137 ]
runs list | grep -q 'cut .*not ended'
before=$(runs list cut --json | node -e 'console.log(JSON.parse(require("fs").readFileSync(0)).length)')
[ "$before" -ge 2 ] && [ "$before" -lt 6 ]
aisle "${cut[@]}" --resume cut >"$WORK/resumed.log" 2>&1
grep -q "run cut goes on: $before of its 6 trials have ended" "$WORK/resumed.log"
[ "$(ended)" = 3 ]
runs compare cut/0 cut/1 | grep -q 'validation part'
runs export cut | grep -c '^cut,' | grep -qx 6

# A corrupted one does not.
npx --no-install node --input-type=module -e '
  import { openStore } from "./src/store/open-store.ts";
  import { readConfig } from "./src/config.ts";
  const [place, key] = process.argv.slice(1);
  const store = openStore(place, readConfig().s3);
  const bytes = Buffer.from((await store.get(key)).bytes);
  bytes[bytes.length >> 1] ^= 1;
  await store.put(key, bytes);
' "$prod" "models/$first/model.safetensors"
fails "is damaged between bytes" aisle models promote "$first" --registry "$prod" --force "to test"
aisle models rollback --to "$first" --why "to test" --registry "$prod"
sleep 2
for _ in $(seq 10); do curl -sf -o "$WORK/beside.json" "http://127.0.0.1:$port/recommendations?numResults=3"; sleep .2; done
serves "$second" 1
grep -q "swap failed.*is damaged between bytes" "$WORK/serve-$port.log"
stop_serving

# What only a person can mend, is said.
fails "AWS_SECRET_ACCESS_KEY" env AWS_SECRET_ACCESS_KEY=wrong node dist/cli.js models list --registry "$stage"
fails "no such bucket" node dist/cli.js models list --registry s3://no-such-bucket-here
