#!/usr/bin/env bash
# The store of activity on a server that speaks DynamoDB: the suite that `npm test` runs on its own stand-in.
set -euo pipefail
. .ci/aws/env.sh
AISLE_DYNAMODB=http://127.0.0.1:$PORT_MOTO npx --no-install vitest run --config .ci/dynamodb/vitest.config.ts
