#!/usr/bin/env bash
# Rollouts of a model: the command itself against moto's control plane, a registry in S3 and the real container, which
# the router calls; then the pre-traffic check from its own bundle, and a deployment's dry run.
set -euo pipefail
. .ci/aws/env.sh
. .ci/aws/s3.sh
work=$WORK/rollout bucket=aisle-rollout-$$ name=Rollout$$ image=aisle-rollout-$$
registry=s3://$bucket/shop
mkdir -p "$work"
pids=()
stop() {
  local left
  for pid in "${pids[@]+"${pids[@]}"}"; do kill -TERM "$pid" 2>/dev/null && wait "$pid" 2>/dev/null || true; done
  left=$(docker ps -aq --filter label=sam.cli.container.type=lambda --filter "ancestor=$image:rapid-x86_64")
  [ -z "$left" ] || docker rm -f $left >/dev/null
  docker rmi -f "$image:latest" "$image:rapid-x86_64" >/dev/null 2>&1 || true
}
trap stop EXIT

s3 PUT "$bucket"
for seed in 1 2; do
  .ci/aws/demo-model.sh "$registry" $seed >/dev/null 2>"$work/train.log" || { tail -20 "$work/train.log" >&2; exit 1; }
  models[$seed]=$(channel_model "$bucket/shop")
done
npx --no-install aisle models rollback --registry "$registry" --to "${models[1]}" --why "a test"

docker build -q --build-arg "BASE_IMAGE=$BASE_IMAGE" -t "$image:latest" . >/dev/null
cat >"$work/template.yaml" <<YAML
Transform: AWS::Serverless-2016-10-31
Resources:
  $name:
    Type: AWS::Serverless::Function
    Properties:
      PackageType: Image
      ImageUri: $image:latest
      MemorySize: 1769
      Timeout: 30
      Environment:
        Variables:
          AISLE_REGISTRY: $registry
          AISLE_MODE: pinned
          BEST_MODEL: ${models[2]}
          AUTH: keys
          AWS_ENDPOINT_URL_S3: http://$HOST_IP:$PORT_S3
YAML
lambda_port=$(free_port) router_port=$(free_port)
# SAM puts what the shell has in the place of what the template says.
env -u AWS_ENDPOINT_URL_S3 sam local start-lambda --template "$work/template.yaml" --port "$lambda_port" --skip-pull-image \
  --warm-containers EAGER >"$work/lambda.log" 2>&1 </dev/null &
pids+=($!)
"$NODE24/bin/node" .ci/aws/router.mjs "$router_port" "$PORT_MOTO" "$lambda_port" >"$work/router.log" 2>&1 &
pids+=($!)
await_http "http://127.0.0.1:$lambda_port" 90
await_http "http://127.0.0.1:$router_port/moto-api/"
export AWS_ENDPOINT_URL=http://127.0.0.1:$router_port

# moto wants the role of a function to be there.
curl -sSf -o /dev/null --aws-sigv4 aws:amz:us-east-1:iam --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" \
  "$AWS_ENDPOINT_URL/" --data-urlencode 'AssumeRolePolicyDocument={"Version":"2012-10-17","Statement":[]}' \
  -d "Action=CreateRole&Version=2010-05-08&RoleName=$name"

npx --no-install node .ci/rollout.ts "$name" "$image:latest" "$registry" "${models[1]}" "${models[2]}" ||
  { tail -20 "$work/lambda.log" >&2; exit 1; }

# The bundle of the check, as a rollout asks it: the model that the container serves passes, another does not.
for seed in 1 2; do
  NEW_VERSION=$name:2 AISLE_REGISTRY=$registry npx --no-install node --input-type=module -e "
    const { handler } = await import('$PWD/dist/lambda/check.mjs');
    const report = await handler({ check: { version: '2', model: '${models[$seed]}', latencyMsMax: 20000 } });
    console.log(JSON.stringify(report));
    if (report.ok !== ($seed === 2)) process.exit(1);" 2>>"$work/check.log"
done

# A deployment that changes something else keeps what was rolled out; the stack is described, since moto knows no SAM.
npx --no-install node .ci/rollout-stack.ts "$name" "${models[1]}"
npx --no-install aisle deploy --stack "$name" --registry "$registry" --parameter Mode=pinned --parameter Memory=3008 \
  --dry-run | tee "$work/dry-run"
grep -q "would run: sam deploy .* Memory=3008 BestModel=${models[2]} " "$work/dry-run"
grep -q "^BestModel: ${models[1]} → ${models[2]}$" "$work/dry-run"
grep -q "^Memory: 1769 → 3008$" "$work/dry-run"
