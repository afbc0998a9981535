#!/usr/bin/env bash
# Stops what up.sh started and has on record, and nothing else.
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"
for name in router moto s3 dockerd; do
  [ -f "$AWS_PIDS/$name" ] || continue
  read -r pid started <"$AWS_PIDS/$name"
  rm -f "$AWS_PIDS/$name"
  [ "$(started_at "$pid")" = "$started" ] || continue
  kill -TERM "$pid"
  for _ in $(seq 150); do
    [ "$(started_at "$pid")" = "$started" ] || { echo "stopped $name"; continue 2; }
    sleep .1
  done
  echo "$name (pid $pid) did not end within 15 s and is killed" >&2
  kill -KILL "$pid"
done
