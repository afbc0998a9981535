#!/usr/bin/env bash
# The tests that npm test leaves out for the time they take: trainings in processes, killed, resumed, tracked, and of dropped files.
set -euo pipefail
npx --no-install vitest run --project deep
