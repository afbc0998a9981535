#!/usr/bin/env bash
# One's own shop from dropped files, and the look inside, in Debian's Chromium over npm start.
set -euo pipefail
. .ci/serving.sh
if ! command -v chromium >/dev/null; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null
fi
registry=$WORK/own-registry
rm -rf "$registry"
serve 3975 npx --no-install aisle start --registry "$registry"
wait_for 3975 /start 5
timeout 280 npx --no-install node .ci/own-shop.ts http://127.0.0.1:3975 "${AISLE_DATA:-}" ${PICTURES:-}
stop_serving
if [ -e "$registry/uploads" ]; then
  echo "dropped files were left in $registry/uploads" >&2
  exit 1
fi
