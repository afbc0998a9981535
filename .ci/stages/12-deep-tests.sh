#!/usr/bin/env bash
# The tests that npm test leaves out for the time they take: trainings in processes, killed, resumed, tracked,
# hiding ids, of dropped files and of imported factors.
set -euo pipefail
npx --no-install vitest run --project deep
