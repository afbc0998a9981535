#!/usr/bin/env bash
# The merchant's page in Debian's Chromium, over a copy of the demo shop's registry: what it changes is nobody else's.
set -euo pipefail
. .ci/serving.sh
if ! command -v chromium >/dev/null; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null
fi
cp -r "$WORK/start-registry" "$WORK/merchant-registry"
serve 3975 npx --no-install aisle serve --registry "$WORK/merchant-registry"
wait_for 3975 /health/ready 10
for user in 7 8 9; do curl -sf -o /dev/null "http://127.0.0.1:3975/recommendations?userId=$user"; done
url=$(sed -n 's/^for the merchant: *//p' "$WORK/serve-3975.log")
timeout 300 npx --no-install node .ci/merchant.ts "$url" ${PICTURES:-}
stop_serving
