#!/usr/bin/env bash
# A stand-in for public.ecr.aws/lambda/nodejs:24 where that cannot be pulled: this machine's C library, busybox,
# Node 24, AWS's runtime interface client and the emulator that SAM CLI brings, laid out as in AWS's image. x86_64.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"
# The label says what it was made from, so that a change here makes it anew.
recipe=$({ cat "${BASH_SOURCE[0]}"; echo "$node_version $ric_version $sam_version"; } | sha256sum | cut -c1-16)
if [ "$(docker image inspect "$BASE_IMAGE" -f '{{index .Config.Labels "recipe"}}' 2>/dev/null)" = "$recipe" ]; then
  exit 0
fi
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
chmod 755 "$root"
mkdir -p "$root"/{bin,usr/bin,usr/local/bin,lib64,lib/x86_64-linux-gnu,etc/ssl/certs,tmp,var/lang/bin,var/task,opt,root}
mkdir -p "$root"/{dev,proc,sys,var/runtime/node_modules/@aws}
chmod 1777 "$root/tmp"

cp /bin/busybox "$root/bin/busybox"
for applet in sh ls cat env mkdir rm cp mv chmod ln find grep sed awk sleep wget id true false test touch du stat head \
  tail date ps which dirname basename readlink; do ln -s busybox "$root/bin/$applet"; done
ln -s /bin/env "$root/usr/bin/env"
for library in libc.so.6 libm.so.6 libdl.so.2 libpthread.so.0 librt.so.1 libresolv.so.2 libnss_files.so.2 \
  libnss_dns.so.2; do cp -L "/lib/x86_64-linux-gnu/$library" "$root/lib/x86_64-linux-gnu/"; done
for library in libstdc++.so.6 libgcc_s.so.1; do
  cp -L "$(ldconfig -p | awk -v name=$library '$1 == name && /x86-64/ { print $NF; exit }')" "$root/lib/x86_64-linux-gnu/"
done
cp -L /lib64/ld-linux-x86-64.so.2 "$root/lib64/"
cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
echo 'hosts: files dns' >"$root/etc/nsswitch.conf"
printf 'root:x:0:0:root:/root:/bin/sh\nsbx_user1051:x:993:990::/home/sbx_user1051:/bin/sh\n' >"$root/etc/passwd"
printf 'root:x:0:\n' >"$root/etc/group"

cp "$NODE24/bin/node" "$root/var/lang/bin/node"
strip --strip-unneeded "$root/var/lang/bin/node"
cp "$RIC"/aws-lambda-ric/{index.mjs,rapid-client.node,package.json} "$root/var/runtime/"
cp -r "$RIC/@aws/lambda-invoke-store" "$root/var/runtime/node_modules/@aws/"
cat >"$root/var/runtime/bootstrap" <<'SCRIPT'
#!/bin/sh
export NODE_PATH="${NODE_PATH:-/opt/nodejs/node24/node_modules:/opt/nodejs/node_modules:/var/runtime/node_modules:/var/runtime:/var/task}"
export AWS_EXECUTION_ENV=AWS_Lambda_nodejs24.x
exec /var/lang/bin/node --expose-gc --max-http-header-size 81920 /var/runtime/index.mjs "$_HANDLER"
SCRIPT
cat >"$root/lambda-entrypoint.sh" <<'SCRIPT'
#!/bin/sh
if [ $# -ne 1 ]; then
  echo "the entrypoint takes the handler's name and nothing else" >&2
  exit 142
fi
export _HANDLER="$1"
if [ -z "$AWS_LAMBDA_RUNTIME_API" ]; then exec /usr/local/bin/aws-lambda-rie /var/runtime/bootstrap; fi
exec /var/runtime/bootstrap
SCRIPT
cp "$SAM"/lib/python3*/site-packages/samcli/local/rapid/aws-lambda-rie-x86_64 "$root/usr/local/bin/aws-lambda-rie"
chmod 755 "$root/var/runtime/bootstrap" "$root/lambda-entrypoint.sh" "$root/usr/local/bin/aws-lambda-rie"

libraries=/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib
tar -C "$root" -c . | docker import \
  -c "ENV LANG=en_US.UTF-8 TZ=:/etc/localtime PATH=/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin LD_LIBRARY_PATH=$libraries LAMBDA_TASK_ROOT=/var/task LAMBDA_RUNTIME_DIR=/var/runtime SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt" \
  -c 'WORKDIR /var/task' -c 'ENTRYPOINT ["/lambda-entrypoint.sh"]' -c "LABEL recipe=$recipe" - "$BASE_IMAGE" >/dev/null
docker image ls "$BASE_IMAGE"
