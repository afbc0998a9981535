#!/usr/bin/env bash
# npm run picture: makes docs/storefront.jpg anew, the README's picture, from the demo shop as it is.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
WORK=$(mktemp -d)
. .ci/serving.sh
serve 3975 npx --no-install aisle start --registry "$WORK/registry"
wait_for 3975 /health/ready 180
npx --no-install node .ci/shop/pictures.ts http://127.0.0.1:3975 "$WORK" readme
stop_serving
cp "$WORK/readme.jpg" docs/storefront.jpg
rm -r "$WORK"
