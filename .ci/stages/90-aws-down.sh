#!/usr/bin/env bash
# Stops what 79 started, and finds nothing of the stages between left behind.
set -euo pipefail
. .ci/aws/env.sh
mine=$(ls "$AWS_PIDS")
left=$(docker ps -aq --filter "label=aisle.run=$WORK")
[ -z "$left" ] || docker rm -f $left >/dev/null
# A daemon of our own keeps its images between runs; what no name leads to any more would pile up.
case $mine in *dockerd*) docker image prune -f >/dev/null ;; esac
.ci/aws/down.sh
for name in $mine; do
  [ ! -f "$AWS_PIDS/$name" ] || { echo "$name is still on record" >&2; exit 1; }
done
case $mine in *dockerd*) ! docker info >/dev/null 2>&1 || { echo "dockerd still answers" >&2; exit 1; } ;; esac
[ -z "$left" ] || { echo "containers were left behind: $left" >&2; exit 1; }
