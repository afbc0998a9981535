#!/usr/bin/env bash
# The preview page in Debian's Chromium, over the demo shop's trained model.
set -euo pipefail
. .ci/serving.sh
if ! command -v chromium >/dev/null; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null
fi
serve 3974 npx aisle serve --registry "$WORK/start-registry"
wait_for 3974 /health/ready 5
timeout 120 npx --no-install node .ci/browser.ts http://127.0.0.1:3974/ ${PICTURE:-}
stop_serving
