#!/usr/bin/env bash
# demo-model.sh REGISTRY [SEED]: a small model of the demo shop, trained and promoted there. 10 s.
set -euo pipefail
registry=$1 seed=${2:-1}
shop=$WORK/demo-shop
[ -d "$shop" ] || npx --no-install aisle demo --out "$shop"
npx --no-install aisle train --events "$shop/events.csv.gz" --items "$shop/items.csv" --registry "$registry" \
  --factors 16 --iterations 3 --trials 1 --seed "$seed" --force "another seed, for a test"
