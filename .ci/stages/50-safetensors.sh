#!/usr/bin/env bash
# Python's own safetensors opens the model file and sees what we wrote.
set -euo pipefail
venv=$CACHE/safetensors-0.6
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/pip" install -q "safetensors==0.6.*" "numpy==2.*"
model=$(find "$WORK/online-retail/models" -name model.safetensors | head -1)
"$venv/bin/python" .ci/open-model.py "$model"
