#!/usr/bin/env bash
# The template by SAM's own validator, what it becomes by SAM's own translator, and checkov, all without credentials.
set -euo pipefail
sam=$CACHE/sam-1.170 checkov=$CACHE/checkov-3.3.30
[ -x "$sam/bin/python" ] || python3 -m venv "$sam"
[ -x "$sam/bin/sam" ] || "$sam/bin/pip" install -q "aws-sam-cli==1.170.*"
[ -x "$checkov/bin/python" ] || python3 -m venv "$checkov"
[ -x "$checkov/bin/checkov" ] || "$checkov/bin/pip" install -q "checkov==3.3.30"
export SAM_CLI_TELEMETRY=0 AWS_DEFAULT_REGION=eu-central-1 AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test
export AWS_EC2_METADATA_DISABLED=true AWS_MAX_ATTEMPTS=1
"$sam/bin/sam" validate --lint --template template.yaml
PYTHONDONTWRITEBYTECODE=1 "$sam/bin/python" .ci/template/check.py
"$checkov/bin/checkov" --skip-download --framework cloudformation --file template.yaml --compact --quiet
