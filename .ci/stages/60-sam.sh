#!/usr/bin/env bash
# The template by SAM's own validator, without credentials or a network.
set -euo pipefail
venv=$CACHE/sam-1.170
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
[ -x "$venv/bin/sam" ] || "$venv/bin/pip" install -q "aws-sam-cli==1.170.*"
export SAM_CLI_TELEMETRY=0 AWS_DEFAULT_REGION=eu-central-1 AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test
export AWS_EC2_METADATA_DISABLED=true AWS_MAX_ATTEMPTS=1
"$venv/bin/sam" validate --lint --template template.yaml
