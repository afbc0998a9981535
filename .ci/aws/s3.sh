# Buckets and objects of the S3 server of up.sh, by curl's own signatures. Source it after env.sh.
export AWS_ENDPOINT_URL_S3=http://127.0.0.1:$PORT_S3

# s3 METHOD BUCKET[/KEY] [curl's options…]
s3() {
  local method=$1 path=$2
  shift 2
  curl -sSf --aws-sigv4 "aws:amz:$AWS_REGION:s3" --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" \
    -H 'x-amz-content-sha256: UNSIGNED-PAYLOAD' -X "$method" "$@" "$AWS_ENDPOINT_URL_S3/$path"
}

# channel_model BUCKET/PREFIX: the model that the channel names.
channel_model() {
  s3 GET "$1/channels/production.json" | jq -r .model
}

# damage BUCKET/PREFIX VERSION: turns one byte in the middle of a model's file.
damage() {
  local key=$1/models/$2/model.safetensors file half byte
  file=$(mktemp -p "$WORK")
  s3 GET "$key" >"$file"
  half=$(($(stat -c %s "$file") / 2))
  byte=$(dd if="$file" bs=1 skip="$half" count=1 2>/dev/null | od -An -tu1 | tr -d ' ')
  printf "\\x$(printf %x $((byte ^ 255)))" | dd of="$file" bs=1 seek="$half" conv=notrunc 2>/dev/null
  s3 PUT "$key" --data-binary "@$file" -H 'content-type: application/octet-stream'
}

# name_model BUCKET/PREFIX VERSION: makes the channel name a version without asking the gate, which would refuse it.
name_model() {
  s3 GET "$1/channels/production.json" | jq --arg model "$2" '.model = $model' >"$WORK/channel.json"
  s3 PUT "$1/channels/production.json" --data-binary "@$WORK/channel.json" -H 'content-type: application/json'
}
