#!/usr/bin/env bash
# python-base.sh TAG: a stand-in for public.ecr.aws/lambda/python, made of the Node stand-in, this machine's Python with
# the libraries it loads, and what AWS's image brings too: the runtime interface client and boto3.
set -euo pipefail
tag=$1
# The label says what it was made from, so that a change here makes it anew.
recipe=$({ cat "${BASH_SOURCE[0]}"; python3 -VV; docker image inspect -f '{{.Id}}' "$BASE_IMAGE"; } | sha256sum | cut -c1-16)
if [ "$(docker image inspect "$tag" -f '{{index .Config.Labels "recipe"}}' 2>/dev/null)" = "$recipe" ]; then
  exit 0
fi
image_folder=$(mktemp -d)
trap 'rm -rf "$image_folder"' EXIT
cd "$image_folder"
mkdir -p lang/lib libraries runtime
prefix=$(python3 -c 'import sys; print(sys.base_prefix)')
name=$(python3 -c 'import sys; print(f"python{sys.version_info[0]}.{sys.version_info[1]}")')
mkdir lang/bin
cp -L "$prefix/bin/$name" "lang/bin/python3"
# With its times, by which Python knows that compiled modules are up to date.
cp -a "$prefix/lib/$name" lang/lib/
cp -L "$prefix"/lib/libpython3*.so* lang/lib/ 2>/dev/null || true
rm -rf "lang/lib/$name"/{test,site-packages,dist-packages,idlelib,tkinter,ensurepip} "lang/lib/$name"/config-*
for loaded in "$prefix/bin/$name" "$prefix/lib/$name"/lib-dynload/*.so; do ldd "$loaded"; done |
  awk '$2 == "=>" && $3 ~ "^/" { print $3 }' | grep -vE 'libpython|/(libc|libm|libdl|libpthread|librt)\.so' | sort -u |
  xargs -I{} cp -L {} libraries/
python3 -m pip install -q --disable-pip-version-check --target runtime awslambdaric==4.2.2 boto3==1.44.8
cat >bootstrap <<'SCRIPT'
#!/bin/sh
export PYTHONPATH=/var/runtime AWS_EXECUTION_ENV=AWS_Lambda_python
exec /var/lang/bin/python3 -m awslambdaric "$_HANDLER"
SCRIPT
chmod 755 bootstrap
cat >Dockerfile <<'FILE'
ARG BASE_IMAGE
FROM ${BASE_IMAGE}
COPY lang/ /var/lang/
COPY libraries/ /var/lang/lib/
COPY runtime/ bootstrap /var/runtime/
FILE
docker build -q --label "recipe=$recipe" --build-arg "BASE_IMAGE=$BASE_IMAGE" -t "$tag" . >/dev/null
