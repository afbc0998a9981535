#!/usr/bin/env bash
# Starts what does not answer yet: a Docker daemon, the S3 server, moto and the router. What answers already is used
# and left alone, also by down.sh.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"

# start NAME COMMAND…: in a process group of its own, with its log and its pid on record.
start() {
  local name=$1
  shift
  setsid nohup "$@" >"$AWS_LOGS/$name.log" 2>&1 </dev/null &
  echo "$! $(started_at $!)" >"$AWS_PIDS/$name"
  echo "started $name (pid $!)"
}

# await NAME URL: until it answers, but not if what was started has ended.
await() {
  local pid=$$
  [ ! -f "$AWS_PIDS/$1" ] || read -r pid _ <"$AWS_PIDS/$1"
  for _ in $(seq 240); do
    ! answers "$2" || return 0
    kill -0 "$pid" 2>/dev/null || break
    sleep .25
  done
  echo "$1 does not answer at $2; its log ends:" >&2
  tail -15 "$AWS_LOGS/$1.log" >&2
  return 1
}

answers() {
  curl -sf -o /dev/null -m 2 "$1"
}

trap '"$aws_scripts/down.sh"' ERR

if ! docker info >/dev/null 2>&1; then
  start dockerd dockerd --data-root "$AWS_TOOLS/docker"
  for _ in $(seq 120); do docker info >/dev/null 2>&1 && break; sleep .5; done
  docker info >/dev/null || { tail -15 "$AWS_LOGS/dockerd.log" >&2; false; }
fi
case $BASE_IMAGE in
  local/*) "$aws_scripts/base-image.sh" ;;
  *) docker image inspect "$BASE_IMAGE" >/dev/null 2>&1 || docker pull "$BASE_IMAGE" ;;
esac

if ! answers "http://127.0.0.1:$PORT_S3/health"; then
  # It begins empty.
  data=$AWS_TOOLS/s3-$PORT_S3
  rm -rf "$data"
  mkdir -p "$data/objects" "$data/versions"
  ROOT_ACCESS_KEY=$AWS_ACCESS_KEY_ID ROOT_SECRET_KEY=$AWS_SECRET_ACCESS_KEY start s3 "$VERSITYGW" --quiet \
    --port "0.0.0.0:$PORT_S3" --region "$AWS_REGION" --health /health posix --versioning-dir "$data/versions" \
    "$data/objects"
fi
if ! answers "http://127.0.0.1:$PORT_MOTO/moto-api/"; then
  # Its Step Functions interpreter sends task calls to MOTO_PORT: the router, which runs the real container.
  MOTO_PORT=$PORT_ROUTER start moto "$MOTO/bin/moto_server" -H 127.0.0.1 -p "$PORT_MOTO"
fi
if ! answers "http://127.0.0.1:$PORT_ROUTER/moto-api/"; then
  start router "$NODE24/bin/node" "$aws_scripts/router.mjs" "$PORT_ROUTER" "$PORT_MOTO" "$PORT_LAMBDA"
fi
await s3 "http://127.0.0.1:$PORT_S3/health"
await moto "http://127.0.0.1:$PORT_MOTO/moto-api/"
await router "http://127.0.0.1:$PORT_ROUTER/moto-api/"
curl -sSf -o /dev/null -X POST "http://127.0.0.1:$PORT_ROUTER/moto-api/config" \
  -d '{"stepfunctions":{"execute_state_machine":true}}'
docker info --format 'Docker {{.ServerVersion}}, {{.Driver}}'
echo "S3 on $PORT_S3, moto on $PORT_MOTO, router on $PORT_ROUTER"
