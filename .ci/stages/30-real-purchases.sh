#!/usr/bin/env bash
# Online Retail's real purchases, from the file to an answer; the README's quality table is what this run prints.
set -euo pipefail
registry=$WORK/online-retail
npx aisle train --events "$AISLE_DATA/online-retail/events.csv.gz" \
  --items "$AISLE_DATA/online-retail/items.csv" --registry "$registry" --json >"$WORK/online-retail.json"
npx aisle recommend --user 17850 --registry "$registry"
npx aisle models --registry "$registry"
npx --no-install node .ci/quality.ts "$WORK/online-retail.json" README.md
