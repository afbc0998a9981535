#!/usr/bin/env bash
# Training on AWS: `aisle train --on lambda` and the template's own state machine, on the real image, with a registry in
# S3: trials that end, fail, time out and answer twice.
set -euo pipefail
. .ci/aws/env.sh
. .ci/aws/s3.sh
work=$WORK/sweep bucket=aisle-sweep-$$ name=Training$$ short=Trials$$ live=GoLive$$ image=aisle-sweep-$$
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
fail() {
  echo "$1" >&2
  tail -40 "$work/lambda.log" >&2
  exit 1
}

shop=$WORK/demo-shop
[ -d "$shop" ] || npx --no-install aisle demo --out "$shop" >/dev/null
# A fifth of the shoppers is enough, and quicker.
zcat "$shop/events.csv.gz" | awk -F, 'NR == 1 || $1 % 5 == 0' | gzip >"$work/events.csv.gz"
s3 PUT "$bucket"
s3 PUT "$bucket/shop/history/events.csv.gz" --data-binary "@$work/events.csv.gz"

docker build -q --build-arg "BASE_IMAGE=$BASE_IMAGE" -t "$image:latest" . >/dev/null
# Less time than the template gives, so that a trial times out here within a minute.
cat >"$work/template.yaml" <<YAML
Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    MemorySize: 3008
    Environment:
      Variables:
        AISLE_REGISTRY: $registry
        AWS_ENDPOINT_URL_S3: http://$HOST_IP:$PORT_S3
Resources:
  $name:
    Type: AWS::Serverless::Function
    Properties:
      PackageType: Image
      ImageUri: $image:latest
      Timeout: 60
      ImageConfig: { Command: [train.handler] }
  $short:
    Type: AWS::Serverless::Function
    Properties:
      PackageType: Image
      ImageUri: $image:latest
      Timeout: 12
      ImageConfig: { Command: [train.handler] }
  $live:
    Type: AWS::Serverless::Function
    Properties:
      PackageType: Image
      ImageUri: $image:latest
      Timeout: 60
      ImageConfig: { Command: [go-live.handler] }
YAML
# moto's Step Functions calls functions by the router that up.sh has started, which looks for them at this port.
env -u AWS_ENDPOINT_URL_S3 sam local start-lambda --template "$work/template.yaml" --port "$PORT_LAMBDA" \
  --skip-pull-image >"$work/lambda.log" 2>&1 </dev/null &
pids+=($!)
await_http "http://127.0.0.1:$PORT_LAMBDA" 60 || fail "sam local does not start"
export AWS_ENDPOINT_URL=http://127.0.0.1:$PORT_ROUTER

# moto wants roles to be there, and runs state machines only when it is told to. What earlier executions left, it cannot begin
# another beside.
curl -sSf -o /dev/null -X POST "$AWS_ENDPOINT_URL/moto-api/reset"
curl -sSf -o /dev/null --aws-sigv4 aws:amz:us-east-1:iam --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" \
  "$AWS_ENDPOINT_URL/" --data-urlencode 'AssumeRolePolicyDocument={"Version":"2012-10-17","Statement":[]}' \
  -d "Action=CreateRole&Version=2010-05-08&RoleName=$name"
curl -sSf -o /dev/null "$AWS_ENDPOINT_URL/moto-api/config" -d '{"stepfunctions": {"execute_state_machine": true}}'
npx --no-install node .ci/sweep-functions.ts "$image:latest" "$registry" "$name" "$short" "$live"

# ------------------------------------------------------------------------------------------------ from a laptop
# Four trials: one ends, one's settings are wrong, two take longer than they may; of these one's settings are wrong too.
echo "== train --on lambda"
npx --no-install aisle train --events "$work/events.csv.gz" --items "$shop/items.csv" --registry "$registry" \
  --on lambda --function "$short" --run laptop --search grid --half-life 60 --unobserved-weight 0.1 \
  --regularization 0.005 --popularity-exponent 0 --iterations 2 --factors 8,2048 --regularization-exponent 1,5 \
  --json >"$work/result.json" 2>"$work/train.log" || { cat "$work/train.log" >&2; fail "the sweep failed"; }
jq -c '.trials[] | {trial, error, best: .best.iteration}' "$work/result.json"
# From checkpoint to checkpoint the long one may come to its end all the same, where the machine is fast.
jq -e '[.trials[] | .best != null] | .[0] and (.[1] or .[3] | not)' "$work/result.json" >/dev/null ||
  fail "other trials came to their end"
jq -e '.trials[1].error | test("regularizationExponent must be between")' "$work/result.json" >/dev/null
jq -e '.trials[2] | .best != null or (.error | test("was asked in vain"))' "$work/result.json" >/dev/null
grep -q "trial 2 is asked for again" "$work/train.log"
first=$(jq -r .version "$work/result.json")
[ "$(channel_model "$bucket/shop")" = "$first" ]

# What the function found is what this machine finds.
npx --no-install aisle train --events "$work/events.csv.gz" --registry "$work/registry" --search grid --half-life 60 \
  --unobserved-weight 0.1 --regularization 0.005 --popularity-exponent 0 --iterations 2 --factors 8 \
  --json >"$work/here.json" 2>/dev/null
same='[.trials[0].iterations[] | {iteration, loss, value}]'
[ "$(jq -c "$same" "$work/result.json")" = "$(jq -c "$same" "$work/here.json")" ] || fail "trials differ by machine"

# ---------------------------------------------------------------------------------------------- answered twice
echo "== one trial, asked again"
etag() { s3 HEAD "$bucket/shop/$1" -I | tr -d '\r' | awk 'tolower($1) == "etag:" { print $2 }'; }
result=sweeps/laptop/f8-i2/0000.json
before=$(etag "$result")
[ -n "$before" ]
call() {
  curl -sS -m 120 "$AWS_ENDPOINT_URL/2015-03-31/functions/$name/invocations" -d "$1"
}
again='{"step":"trial","run":"laptop","trial":0,"factors":8,"iterations":2}'
[ "$(call "$again" | jq -r .state)" = done ]
s3 DELETE "$bucket/shop/$result"
call "$again" >"$work/one" &
one=$!
call "$again" >"$work/two"
wait "$one"
[ "$(jq -r .state "$work/one")$(jq -r .state "$work/two")" = donedone ]
s3 GET "$bucket/shop/$result" | jq -e '.best.iteration >= 1' >/dev/null
echo "both calls: $(cat "$work/one") $(cat "$work/two")"

# ------------------------------------------------------------------------------------------- by the state machine
# stepfunctions REGION ACTION BODY
stepfunctions() {
  curl -sS --aws-sigv4 "aws:amz:$1:states" --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" \
    "$AWS_ENDPOINT_URL/" -H "X-Amz-Target: AWSStepFunctions.$2" -H 'content-type: application/x-amz-json-1.0' -d "$3"
}
arn=arn:aws:lambda:$AWS_REGION:123456789012:function
definition=$(npx --no-install node .ci/sweep-machine.ts "AWS::Partition=aws" "Training.Arn=$arn:$name" \
  "GoLive.Arn=$arn:$live" TrainingConcurrency=2 Mode=follow Recommendations=none ErrorsAlarm=a CrashesAlarm=b \
  LatencyAlarm=c ThrottlesAlarm=d CheckBeforeTraffic=check AWS::StackName=shop)
# execute REGION NAME INPUT: to its end; sets $execution. moto starts one execution a region, and fails at another.
execute() {
  local machine started
  machine=$(stepfunctions "$1" CreateStateMachine "$(jq -n --arg name "$name" --arg definition "$definition" '{
    name: $name, definition: $definition, roleArn: ("arn:aws:iam::123456789012:role/" + $name)}')" | jq -er .stateMachineArn)
  started=$(stepfunctions "$1" StartExecution "$(jq -n --arg arn "$machine" --arg name "$2" --arg input "$3" \
    '{stateMachineArn: $arn, name: $name, input: $input}')" | jq -er .executionArn)
  for _ in $(seq 600); do
    execution=$(stepfunctions "$1" DescribeExecution "{\"executionArn\": \"$started\"}")
    [ "$(jq -r .status <<<"$execution")" = RUNNING ] || return 0
    sleep 1
  done
  fail "the execution does not end"
}

echo "== the state machine, with trials that fail and time out"
common='"events": ["history/"], "halfLife": 60, "regularization": [0.005], "popularityExponent": [0], "k": [10]'
execute eu-central-1 first "{$common, \"search\": \"grid\", \"unobservedWeight\": [0.1], \"iterations\": [3],
  \"factors\": [16, 2048], \"regularizationExponent\": [1, 5], \"policy\": \"permissive\"}"
jq -e '.status == "SUCCEEDED"' <<<"$execution" >/dev/null || { echo "$execution" >&2; fail "the execution failed"; }
output=$(jq -r .output <<<"$execution")
jq -c '{run, model, gate: .gate.reason, failedTrials}' <<<"$output"
jq -e '.trialCount == 4 and ([.failedTrials[].trial] - [2] == [1, 3])' <<<"$output" >/dev/null
second=$(jq -r .model <<<"$output")
expected=$([ "$(jq -r .gate.decision <<<"$output")" = promote ] && echo "$second" || echo "$first")
[ "$(channel_model "$bucket/shop")" = "$expected" ]

echo "== a search by halving, round by round"
execute eu-west-1 second "{$common, \"factors\": [16], \"iterations\": [2], \"unobservedWeight\": [0.01, 0.03, 0.1, 0.3, 1]}"
jq -e '.status == "SUCCEEDED"' <<<"$execution" >/dev/null || { echo "$execution" >&2; fail "the execution failed"; }
jq -r .output <<<"$execution" | jq -e '.trialCount == 5 and .failedTrials == []' >/dev/null

echo "== what cannot be done says so"
execute eu-north-1 third '{"factors": "32"}'
jq -e '.status == "FAILED"' <<<"$execution" >/dev/null || fail "a wrong request went on"
jq -r '.error, .cause' <<<"$execution" | grep -q TrainingRequestError
stop
trap - EXIT
