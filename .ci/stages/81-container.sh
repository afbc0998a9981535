#!/usr/bin/env bash
# The image: what it adds to Lambda's base, on both architectures, and every sample event answered in it, read-only, as
# Lambda's user.
set -euo pipefail
. .ci/aws/env.sh
. .ci/aws/containers.sh
image=aisle-ci:$$
trap 'remove_containers; docker rmi -f "$image" "$image-arm64" "$image-base-arm64" >/dev/null 2>&1' EXIT
# build BASE TAG [docker build's options…]
build() {
  local base=$1 tag=$2
  shift 2
  docker build -q --build-arg "BASE_IMAGE=$base" -t "$tag" "$@" . >"$WORK/build.log" 2>&1 || { cat "$WORK/build.log" >&2; exit 1; }
}
build "$BASE_IMAGE" "$image"

layers() { docker image inspect -f '{{range .RootFS.Layers}}{{println .}}{{end}}' "$1" | grep -c sha256; }
added=$(($(layers "$image") - $(layers "$BASE_IMAGE")))
bytes=$(docker image history -H=false --format '{{.Size}}' "$image" | grep -v '^0$' | head -"$added" | awk '{ sum += $1 } END { print sum }')
echo "$added layer of $bytes bytes on top of the base"
[ "$added" -eq 1 ]
[ "$bytes" -gt 100000 ] && [ "$bytes" -le 3000000 ]

# Nothing but the handlers: no sources, no packages, no kernels beside them.
docker run --rm --entrypoint /bin/find "$image" /var/task -type f >"$WORK/task-files"
cat "$WORK/task-files"
! grep -v '^/var/task/[a-z0-9-]*\.mjs$' -i "$WORK/task-files"
for handler in $(ls dist/lambda/*.mjs); do grep -qx "/var/task/$(basename "$handler")" "$WORK/task-files"; done
# Development's packages are in no bundle.
jq -r '.inputs | keys[] | select(startswith("node_modules/")) | ltrimstr("node_modules/")
  | if startswith("@") then split("/")[:2] | join("/") else split("/")[0] end' dist/lambda/*meta*.json | sort -u >"$WORK/bundled"
jq -r '.packages | to_entries[] | select(.value.dev) | .key | ltrimstr("node_modules/")' package-lock.json | sort >"$WORK/development"
[ -s "$WORK/bundled" ] && [ -s "$WORK/development" ]
if comm -12 "$WORK/bundled" "$WORK/development" | grep .; then
  echo "is needed for development only, and yet in a handler's bundle" >&2
  exit 1
fi

# The other architecture's image is made here too, since nothing runs while it is built; only the base differs.
python3 .ci/aws/empty-image.py "$image-base-arm64" arm64 | docker load -q >/dev/null
build "$image-base-arm64" "$image-arm64" --platform linux/arm64
[ "$(docker image inspect -f '{{.Os}}/{{.Architecture}}' "$image-arm64")" = linux/arm64 ]
[ "$(docker image inspect -f '{{json .Config.Cmd}}' "$image-arm64")" = '["gateway.handler"]' ]

# Each handler loads where nothing may be written.
for handler in gateway.mjs check.mjs stream-lines.mjs; do
  [ -f "dist/lambda/$handler" ] || continue
  docker run --rm --read-only --user 993:990 --tmpfs /tmp --entrypoint /var/lang/bin/node "$image" --input-type=module -e \
    "const m = await import('/var/task/$handler'); console.log('$handler', Object.keys(m).join()); process.exit()" 2>/dev/null
done | tee "$WORK/handlers"
grep -q '^gateway.mjs .*handler' "$WORK/handlers"
grep -q '^stream-lines.mjs .*handler' "$WORK/handlers"

registry=$WORK/container-registry
.ci/aws/demo-model.sh "$registry" >/dev/null 2>"$WORK/train.log" || { tail -20 "$WORK/train.log" >&2; exit 1; }
key=$(npx --no-install aisle keys create --role server --keys "$WORK/container-keys.json" 2>/dev/null)
chmod -R a+rX "$WORK"
# A file of keys that others may read is refused.
chown 993:990 "$WORK/container-keys.json" && chmod 600 "$WORK/container-keys.json"
run_container "$image" gateway.handler --label "aisle.run=$WORK" -v "$registry:/mnt/registry:ro" \
  -e AISLE_REGISTRY=/mnt/registry -e AUTH=keys -e ALLOWED_ORIGINS=https://shop.example.com \
  -e AISLE_EVENTS=sqlite:/tmp/activity.sqlite -v "$WORK/container-keys.json:/mnt/keys.json:ro" -e AISLE_KEYS=/mnt/keys.json
npx --no-install node .ci/aws/sample-events.ts emulator "$emulator"
jq --arg key "Bearer $key" '.headers.Authorization = $key | .multiValueHeaders.Authorization = [$key]' events/put-events.json |
  invoke - | jq -e '.statusCode == 200 and (.body | fromjson) == {accepted: 2, repeated: 0}' >/dev/null
get /recommendations '{"userId":"nobody-shall-read-this"}' >/dev/null
get /items/nor-this/similar >/dev/null
docker logs "$container" >"$WORK/container.log" 2>&1
if grep -E 'nobody-shall-read-this|nor-this' "$WORK/container.log"; then
  echo "an id is in the log" >&2
  exit 1
fi
grep -o 'INIT REPORT(durationMs: [0-9.]*)' "$WORK/container.log" | head -1
docker stop -t 5 "$container" >/dev/null

# The other handler of the same image, as the pipe invokes it.
run_container "$image" stream-lines.handler --label "aisle.run=$WORK"
jq -cn '[{eventName: "INSERT", dynamodb: {NewImage: {pk: {S: "user#u"}, sk: {S: "event#e"},
  body: {S: ({eventId: "e", sessionId: "s", userId: "u", eventType: "View", itemId: "mug", time: 1} | tojson)}}}},
  {eventName: "REMOVE", dynamodb: {}}]' | invoke - | jq -e '. == [{aisle_record: "event", event_id: "e", user_id: "u",
  session_id: "s", item_id: "mug", event_type: "View", timestamp: 1}]' >/dev/null
docker stop -t 5 "$container" >/dev/null
