#!/usr/bin/env bash
# Factors from and to others, over Online Retail: Spark's own ALS on this machine, the real implicit, safetensors.
set -euo pipefail
if ! java -version 2>/dev/null; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends openjdk-17-jre-headless >/dev/null
fi
venv=$CACHE/exchange-$(sha256sum .ci/exchange/requirements.txt | cut -c1-12)
if [ ! -e "$venv/made" ]; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install -q -r .ci/exchange/requirements.txt
  touch "$venv/made"
fi
python=$venv/bin/python
events=$AISLE_DATA/online-retail/events.csv.gz
into=$WORK/exchange
mkdir -p "$into"

# An override of OpenBLAS's kernel that a machine needs for old builds makes current ones slow.
unset OPENBLAS_CORETYPE OPENBLAS_L2_SIZE
export OPENBLAS_NUM_THREADS=1

# fit OUT ARGUMENT…: the project's own job on local Spark.
fit() {
  local out=$1
  shift
  PYSPARK_PYTHON=$python SPARK_LOCAL_IP=127.0.0.1 "$venv/bin/spark-submit" --master 'local[2]' --driver-memory 3g \
    --conf spark.ui.enabled=false --conf spark.sql.shuffle.partitions=4 --conf spark.log.level=WARN \
    src/exchange/spark/als_job.py --events "$events" --out "$out" --blocks 2 "$@" 2>"$into/spark.log" ||
    { tail -40 "$into/spark.log"; return 1; }
}

# refused WORDS COMMAND…: it ends with 2 and says why.
refused() {
  local words=$1 code=0
  shift
  "$@" >"$into/refused.txt" 2>&1 || code=$?
  cat "$into/refused.txt"
  [ "$code" -eq 2 ] && grep -q "$words" "$into/refused.txt"
}

# Half-lives and a formula too, so that the confidence is the same in both programs or the import refuses it.
how=(--rank 32 --alpha 0.5 --regularization 0.05 --half-life 60 --confidence 'log(1 + r / epsilon)' --param epsilon=0.5)
fit "$into/before" "${how[@]}" --iterations 10
fit "$into/all" "${how[@]}" --iterations 10 --all-events
npx aisle import spark "$into/before" --served "$into/all" --events "$events" --registry "$into/spark" --json \
  --items "$AISLE_DATA/online-retail/items.csv" >"$into/spark.json"
npx --no-install node .ci/exchange/measured.ts "$into/spark.json"
npx aisle recommend --user 17850 -n 5 --explain --registry "$into/spark"

# What has seen the hidden tenth is not measured on it; nor what was fitted otherwise than is said.
cut=$("$python" -c 'import json, sys; print(json.load(open(sys.argv[1]))["testFrom"])' "$into"/before/job/part-*)
date=$(date -u -d "@${cut%.*}" +%FT%TZ)
refused 'have seen the hidden events' npx aisle import spark "$into/all" --test-from "$date" --events "$events" --registry "$into/spark"
refused "not what Spark's equation gives" npx aisle import spark "$into/before" --alpha 1 --events "$events" --registry "$into/spark"

# implicit's model, measured here and answering as it does there.
"$python" .ci/exchange/implicit_peer.py train "$events" "$into/implicit" "$date"
npx aisle import implicit "$into/implicit.npz" --user-ids "$into/implicit.users.txt" --item-ids "$into/implicit.items.txt" \
  --test-from "$date" --events "$events" --registry "$into/implicit" --json >"$into/implicit.json"
npx --no-install node .ci/exchange/measured.ts "$into/implicit.json"
"$python" .ci/exchange/implicit_peer.py train "$events" "$into/whole"
whole=(npx aisle import implicit "$into/whole.npz" --user-ids "$into/whole.users.txt" --item-ids "$into/whole.items.txt"
  --events "$events" --registry "$into/whole")
refused 'have seen the hidden events' "${whole[@]}" --test-from "$date"
"${whole[@]}"
npx aisle batch --users all --k 20 --hide interacted --registry "$into/whole" --out "$into/whole.jsonl"
"$python" .ci/exchange/implicit_peer.py same "$into/whole.npz" "$events" "$into/whole.jsonl" "$into/whole"

# Our own model, opened by implicit and by safetensors.
own=$WORK/online-retail
npx aisle export --to npz --out "$into/own.npz" --registry "$own"
npx aisle export --to safetensors --out "$into/own.safetensors" --registry "$own"
npx aisle batch --users all --k 20 --hide interacted --registry "$own" --out "$into/own.jsonl"
"$python" .ci/exchange/implicit_peer.py same "$into/own.npz" "$events" "$into/own.jsonl"
"$python" .ci/exchange/open_tensors.py "$into/own.safetensors" "$into/own.npz"
