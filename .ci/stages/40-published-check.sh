#!/usr/bin/env bash
# The evaluator against figures that others published: popularity on LightGCN's split of Gowalla.
set -euo pipefail
test -f "$AISLE_DATA/gowalla/train.txt.gz"
npx --no-install vitest run test/evaluation/gowalla.test.ts
