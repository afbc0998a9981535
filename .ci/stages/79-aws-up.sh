#!/usr/bin/env bash
# Docker, a real S3 server and control planes, for the stages up to 90.
set -euo pipefail
.ci/aws/install.sh
.ci/aws/up.sh
