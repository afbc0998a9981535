#!/usr/bin/env bash
# The template as SAM CLI runs it, on a model in S3: each sample event invoked, then the API: the Postman collection,
# a page of another origin, a second model that appears and a damaged one that does not, without a restart.
set -euo pipefail
. .ci/aws/env.sh
. .ci/aws/s3.sh
work=$WORK/sam-local bucket=aisle-sam-$$ prefix=shops/demo
registry=s3://$bucket/$prefix image=aisle-sam-$$
mkdir -p "$work/answers"
sam_pid=
stop_sam() {
  local left
  [ -z "$sam_pid" ] || { kill -TERM "$sam_pid" 2>/dev/null && wait "$sam_pid" 2>/dev/null; }
  sam_pid=
  left=$(docker ps -aq --filter label=sam.cli.container.type=lambda --filter "ancestor=$image:rapid-x86_64")
  [ -z "$left" ] || docker rm -f $left >/dev/null
}
trap 'stop_sam; docker rmi -f "$image:latest" "$image:rapid-x86_64" >/dev/null 2>&1' EXIT

# Whatever a sample event holds, SAM's own samples hold too, but for what a route adds to them.
sam local generate-event apigateway aws-proxy >"$work/1.0.json" 2>/dev/null
sam local generate-event apigateway http-api-proxy >"$work/2.0.json" 2>/dev/null
for event in events/*.json; do
  jq -en --slurpfile ours "$event" --slurpfile theirs "$work/$(jq -r '.version // "1.0"' "$event").json" '
    def names: [paths | map(select(type == "string"))
      | select((.[0] | IN("headers", "multiValueHeaders", "queryStringParameters", "multiValueQueryStringParameters") | not)
        and (. | IN(["requestContext", "authorizer"], ["pathParameters", "proxy"]) | not))];
    (($ours[0] | names) - ($theirs[0] | names)) == []' >/dev/null || { echo "$event is not what a gateway sends" >&2; exit 1; }
done

s3 PUT "$bucket"
.ci/aws/demo-model.sh "$registry" 1 >/dev/null 2>"$work/train.log" || { tail -20 "$work/train.log" >&2; exit 1; }
first=$(channel_model "$bucket/$prefix")
echo "trained $first into $registry"

sam build --template template.yaml --build-dir "$work/build" --no-cached \
  --parameter-overrides "BaseImage=$BASE_IMAGE" >"$work/build.log" 2>&1 || { tail -20 "$work/build.log" >&2; exit 1; }
# SAM names images after functions: what another build on this machine does must not matter here.
docker tag recommendations:latest "$image:latest"
npx --no-install node .ci/aws/local-template.ts "$work/build/template.yaml" Recommendations "$image:latest" \
  AISLE_REGISTRY AISLE_KEYS AISLE_EVENTS AUTH ALLOWED_ORIGINS MODEL_TTL CATALOG_TTL AWS_ENDPOINT_URL_S3
page_port=$(free_port)
jq -n --arg registry "$registry" --arg s3 "http://$HOST_IP:$PORT_S3" --arg page "http://127.0.0.1:$page_port" '{
  Recommendations: {AISLE_REGISTRY: $registry, AWS_ENDPOINT_URL_S3: $s3, AUTH: "keys", AISLE_KEYS: "",
    AISLE_EVENTS: "sqlite:/tmp/activity.sqlite",
    ALLOWED_ORIGINS: ("https://shop.example.com," + $page), MODEL_TTL: "1", CATALOG_TTL: "1"}}' >"$work/env.json"
local=(--template "$work/build/template.yaml" --env-vars "$work/env.json" --skip-pull-image)

for event in events/*.json; do
  name=$(basename "$event" .json)
  sam local invoke Recommendations "${local[@]}" --event "$event" >"$work/answers/$name.json" 2>>"$work/invoke.log" ||
    { tail -20 "$work/invoke.log" >&2; exit 1; }
done
npx --no-install node .ci/aws/sample-events.ts answers "$work/answers"

port=$(free_port) api=
# The collection's requests carry no key, as a shop's page does not, so the API has nowhere to keep what they post: 501.
jq '.Recommendations.AISLE_EVENTS = ""' "$work/env.json" >"$work/env-api.json"
mv "$work/env-api.json" "$work/env.json"
setsid sam local start-api "${local[@]}" --port "$port" --warm-containers EAGER >"$work/api.log" 2>&1 </dev/null &
sam_pid=$!
api=http://127.0.0.1:$port
await_http "$api/health/ready" 90
# serves VERSION: until the API's model is this one.
serves() {
  local seen
  for _ in $(seq 40); do
    seen=$(curl -s -m 15 "$api/model" | jq -r .version)
    [ "$seen" != "$1" ] || return 0
    sleep .5
  done
  echo "model $1 does not serve: $seen does" >&2
  tail -30 "$work/api.log" >&2
  return 1
}
serves "$first"
container=$(docker ps -q --filter "ancestor=$image:rapid-x86_64" | sort)
[ -n "$container" ]

curl -sf "$api/postman.json" >"$work/collection.json"
NODE_NO_WARNINGS=1 newman run "$work/collection.json" --env-var "baseUrl=$api" --timeout-request 20000 --color off >"$work/newman.log" ||
  { tail -60 "$work/newman.log" >&2; exit 1; }
grep -A 14 'executed │' "$work/newman.log" | grep -E 'requests|assertions'

npx --no-install node .ci/aws/other-origin.ts "$api" "$page_port"

.ci/aws/demo-model.sh "$registry" 2 >/dev/null 2>"$work/train.log" || { tail -20 "$work/train.log" >&2; exit 1; }
second=$(channel_model "$bucket/$prefix")
[ "$second" != "$first" ]
serves "$second"
echo "$second took over"

# A third one is published beside the channel, damaged where it lies, and then named: it must not serve.
.ci/aws/demo-model.sh "$work/aside" 3 >/dev/null 2>"$work/train.log" || { tail -20 "$work/train.log" >&2; exit 1; }
third=$(jq -r .model "$work/aside/channels/production.json")
npx --no-install aisle models copy "$third" --registry "$work/aside" --to "$registry" >/dev/null
damage "$bucket/$prefix" "$third"
name_model "$bucket/$prefix" "$third"
for _ in $(seq 20); do
  curl -sf -m 15 "$api/recommendations?numResults=3" | jq -e '.items | length == 3' >/dev/null
  ! grep -q '"swap failed".*'"$third" "$work/api.log" || break
  sleep .5
done
grep '"swap failed"' "$work/api.log" | grep -q "$third"
serves "$second"
echo "$third is damaged and was refused"
[ "$(docker ps -q --filter "ancestor=$image:rapid-x86_64" | sort)" = "$container" ]

curl -sf "$api/recommendations?userId=nobody-shall-read-this" >/dev/null
if grep '^{' "$work/api.log" | grep nobody-shall-read-this; then
  echo "an id is in the log" >&2
  exit 1
fi
stop_sam
