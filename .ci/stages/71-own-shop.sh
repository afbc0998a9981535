#!/usr/bin/env bash
# One's own shop from dropped files, and the look inside, in Debian's Chromium over npm start.
set -euo pipefail
. .ci/serving.sh
if ! command -v chromium >/dev/null; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null
fi
export AISLE_REGISTRY=$WORK/own-registry
rm -rf "$AISLE_REGISTRY"
serve 3975 npm start
wait_for 3975 /start 20
timeout 280 npx --no-install node .ci/own-shop.ts http://127.0.0.1:3975 "${AISLE_DATA:-}" ${PICTURES:-}
stop_serving
if [ -e "$AISLE_REGISTRY/uploads" ]; then
  echo "dropped files were left in $AISLE_REGISTRY/uploads" >&2
  exit 1
fi
