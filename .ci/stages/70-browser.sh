#!/usr/bin/env bash
# The storefront in Debian's Chromium, over the demo shop's trained model: what visitors do, axe, budgets.
set -euo pipefail
. .ci/serving.sh
if ! command -v chromium >/dev/null; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null
fi
serve 3974 npx --no-install aisle serve --registry "$WORK/start-registry"
wait_for 3974 /health/ready 5
timeout 300 npx --no-install node .ci/shop/journeys.ts http://127.0.0.1:3974
if [ -n "${PICTURES:-}" ]; then
  mkdir -p "$PICTURES"
  timeout 300 npx --no-install node .ci/shop/pictures.ts http://127.0.0.1:3974 "$PICTURES"
fi
stop_serving

# The same files on an origin of their own, before an API that asks who asks.
npx --no-install aisle storefront --out "$WORK/pages" --api http://127.0.0.1:3974 --currency EUR
npx --no-install aisle keys create --role server --keys "$WORK/storefront-keys.json" >/dev/null
AISLE_KEYS=$WORK/storefront-keys.json ALLOWED_ORIGINS=http://127.0.0.1:3976 \
  serve 3974 npx --no-install aisle serve --registry "$WORK/start-registry" --auth keys
wait_for 3974 /health/ready 5
timeout 60 npx --no-install node .ci/shop/elsewhere.ts "$WORK/pages" 3976
stop_serving
