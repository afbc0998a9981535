# Starts a server in its own process group on a port of its own and stops it by that group's id, never by name.
serve() {
  local port=$1
  shift
  PORT=$port setsid "$@" >"$WORK/serve-$port.log" 2>&1 </dev/null &
  server=$!
  trap stop_serving EXIT
}

# wait_for PORT PATH SECONDS: until the path answers 200; prints how long that took.
wait_for() {
  local from now
  from=$(date +%s%N)
  until curl -sf -o /dev/null -m 2 "http://127.0.0.1:$1$2"; do
    now=$(date +%s%N)
    if [ $(((now - from) / 1000000000)) -ge "$3" ] || ! kill -0 "$server" 2>/dev/null; then
      echo "$2 did not answer 200 within $3 s" >&2
      cat "$WORK/serve-$1.log" >&2
      return 1
    fi
    sleep .05
  done
  now=$(date +%s%N)
  printf '%s answered 200 after %d ms\n' "$2" $(((now - from) / 1000000))
}

# Ctrl-C's signal to the whole group; a server that has not ended after 5 s has failed.
stop_serving() {
  trap - EXIT
  kill -INT -- "-$server" 2>/dev/null || true
  for _ in $(seq 100); do
    kill -0 "$server" 2>/dev/null || { wait "$server" 2>/dev/null || true; return 0; }
    sleep .05
  done
  echo "the server did not stop within 5 s" >&2
  kill -KILL -- "-$server" 2>/dev/null
  return 1
}
