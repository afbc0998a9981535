#!/usr/bin/env bash
# The image as Lambda treats it: begun without any model, frozen in the middle of a swap's download, thawed with dead
# sockets. It always answers, and recovers by itself.
set -euo pipefail
. .ci/aws/env.sh
. .ci/aws/s3.sh
. .ci/aws/containers.sh
image=aisle-freeze:$$ bucket=aisle-freeze-$$ prefix=demo work=$WORK/freeze
mkdir -p "$work"
proxy_pid=
trap 'remove_containers; [ -z "$proxy_pid" ] || kill "$proxy_pid"; docker rmi -f "$image" >/dev/null 2>&1' EXIT
proxy_port=$(free_port)
proxy=http://127.0.0.1:$proxy_port
"$NODE24/bin/node" .ci/aws/s3-proxy.mjs "$proxy_port" "$PORT_S3" &
proxy_pid=$!
await_http "$proxy/__held"
for seed in 1 2; do
  .ci/aws/demo-model.sh "$work/aside" $seed >/dev/null 2>"$work/train.log" || { tail -20 "$work/train.log" >&2; exit 1; }
  versions[$seed]=$(jq -r .model "$work/aside/channels/production.json")
done
docker build -q --build-arg "BASE_IMAGE=$BASE_IMAGE" -t "$image" . >"$work/build.log" 2>&1 || { cat "$work/build.log" >&2; exit 1; }
s3 PUT "$bucket"

# publish SEED: copies that model to the bucket and makes it live.
publish() {
  npx --no-install aisle models copy "${versions[$1]}" --registry "$work/aside" --to "s3://$bucket/$prefix" >/dev/null
  npx --no-install aisle models promote "${versions[$1]}" --registry "s3://$bucket/$prefix" --force "for a test" >/dev/null
}
# status PATH, and until PATH STATUS SECONDS
status() { get "$1" | jq -r .statusCode; }
until_status() {
  for _ in $(seq $(($3 * 2))); do
    [ "$(status "$1")" != "$2" ] || return 0
    sleep .5
  done
  echo "$1 did not answer $2 within $3 s: $(get "$1")" >&2
  return 1
}
model() { get /model | jq -r '.body | fromjson | .version'; }
until_model() {
  for _ in $(seq 80); do
    [ "$(model)" != "$1" ] || return 0
    sleep .5
  done
  echo "$1 does not serve; $(model) does" >&2
  docker logs "$container" 2>&1 | tail -20 >&2
  return 1
}

run_container "$image" gateway.handler --label "aisle.run=$WORK" -e "AISLE_REGISTRY=s3://$bucket/$prefix" \
  -e "AWS_ENDPOINT_URL_S3=http://$HOST_IP:$proxy_port" -e AWS_REGION -e AWS_ACCESS_KEY_ID -e AWS_SECRET_ACCESS_KEY \
  -e AUTH=keys -e MODEL_TTL=1 -e CATALOG_TTL=1
for path in /health/ready /recommendations; do
  get $path | jq -e '.statusCode == 503 and (.body | fromjson | .status == 503 and (.title | length > 0))' >/dev/null
done
[ "$(status /health/live)" = 200 ]
publish 1
until_status /recommendations 200 40
until_status /health/ready 200 5
[ "$(model)" = "${versions[1]}" ]
echo "begun without a model: 503, and 200 once ${versions[1]} was there"

for line in cut release; do
  [ "$line" = cut ] && next=2 || next=1
  before=$(model)
  curl -sf -X POST "$proxy/__hold" >/dev/null
  publish $next
  for _ in $(seq 60); do
    [ "$(status /recommendations)" = 200 ]
    [ "$(curl -sf "$proxy/__held")" -eq 0 ] || break
    sleep .5
  done
  [ "$(curl -sf "$proxy/__held")" -gt 0 ]
  docker pause "$container" >/dev/null
  sleep 2
  curl -sf -X POST "$proxy/__$line" >/dev/null
  docker unpause "$container" >/dev/null
  [ "$(status /recommendations)" = 200 ]
  until_model "${versions[$next]}"
  echo "frozen in the middle of the download, thawed after $line: ${versions[$next]} took over from $before"
done
[ "$(docker inspect -f '{{.RestartCount}} {{.State.Running}}' "$container")" = '0 true' ]
docker logs "$container" >"$work/container.log" 2>&1
[ "$(grep -c 'INIT REPORT' "$work/container.log")" -eq 1 ]
