# Containers as Lambda runs them: read-only but for /tmp, as its user, without capabilities, in its memory. Source it
# after env.sh; whatever was started is removed when the script ends, however it ends.
containers=()
remove_containers() {
  [ ${#containers[@]} -eq 0 ] || docker rm -f "${containers[@]}" >/dev/null 2>&1
}
trap remove_containers EXIT

# run_container IMAGE HANDLER [docker run's options…]: sets $container and $emulator, the URL of its emulator.
run_container() {
  local image=$1 handler=$2
  shift 2
  container=$(docker run -d --read-only --tmpfs /tmp:rw,size=512m --user 993:990 --cap-drop ALL \
    --security-opt no-new-privileges --memory 1769m -e AWS_LAMBDA_FUNCTION_MEMORY_SIZE=1769 \
    -p 127.0.0.1::8080 "$@" "$image" "$handler")
  containers+=("$container")
  emulator=http://$(docker port "$container" 8080/tcp | head -1)
  await_http "$emulator" 20
}

# invoke FILE: one event, or - for standard input; prints the answer.
invoke() {
  curl -sS -m 30 "$emulator/2015-03-31/functions/function/invocations" --data-binary "@$1"
}

# get PATH [QUERY as JSON]: one GET behind a REST API.
get() {
  jq -cn --arg path "$1" --argjson query "${2:-null}" '{
    resource: "/{proxy+}", path: $path, httpMethod: "GET", headers: {}, multiValueHeaders: {},
    queryStringParameters: $query, multiValueQueryStringParameters: ($query | if . then map_values([.]) else . end),
    pathParameters: {proxy: $path[1:]}, body: null, isBase64Encoded: false,
    requestContext: {stage: "prod", path: ("/prod" + $path), identity: {sourceIp: "192.0.2.1"}}}' | invoke -
}
