#!/usr/bin/env bash
# The report in Debian's Chromium: the demo shop's own run, and runs that are whole, halved, small, failing, begun.
set -euo pipefail
if ! command -v chromium >/dev/null; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null
fi
pages=$WORK/reports
mkdir -p "$pages"
npx --no-install aisle report --registry "$WORK/start-registry" --out "$pages/demo.html"
npx --no-install node .ci/report-pages.ts "$pages"
timeout 300 npx --no-install node .ci/report.ts "$pages" ${PICTURES:-}
