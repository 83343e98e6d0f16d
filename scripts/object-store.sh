#!/usr/bin/env bash
# A real S3-compatible store on this machine, for tests and for trying things out. Nothing listens beyond 127.0.0.1.
#
#   scripts/object-store.sh up      starts it with one bucket, `tandem`; prints what to set
#   scripts/object-store.sh status  whether it runs
#   scripts/object-store.sh down    stops it; the data stays
#   scripts/object-store.sh wipe    the same, and the data goes
#   scripts/object-store.sh program builds it where it is not built yet, and prints its path
#   scripts/object-store.sh check   says in one line what is missing, if anything is (exit status 3)
#
# It is versitygw (Apache-2.0), built by Go from its module, by its version, into a folder outside of the project: five minutes of one core the first time.
# TANDEM_OBJECT_STORE       that folder (default ~/.cache/tandem-object-store)
# TANDEM_OBJECT_STORE_PORT  that it listens on (default 7070)
set -euo pipefail
version=v1.8.0
root=${TANDEM_OBJECT_STORE:-$HOME/.cache/tandem-object-store}
port=${TANDEM_OBJECT_STORE_PORT:-7070}
program=$root/$version/versitygw
data=$root/data-$port

lacking() { echo "the object store cannot be started: $1" >&2; exit 3; }
go_program() { command -v go || { [ -x /usr/local/go/bin/go ] && echo /usr/local/go/bin/go; }; }
check() { [ -x "$program" ] || go_program >/dev/null || lacking 'it needs go, which builds it'; }
install() {
  check
  [ -x "$program" ] && return
  local part
  mkdir -p "$root"
  part=$(mktemp -d "$root/part.XXXXXX")
  GOBIN=$part "$(go_program)" install "github.com/versity/versitygw/cmd/versitygw@$version" >&2 || { rm -rf "$part"; lacking 'Go did not build it; the lines above say more'; }
  mkdir -p "$(dirname "$program")"
  mv "$part/versitygw" "$program"; rm -rf "$part"
}
pid_of() { cat "$data/pid" 2>/dev/null || true; }
alive() { local pid; pid=$(pid_of); [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null; }
up() {
  install
  mkdir -p "$data/store/tandem" "$data/meta"
  if ! alive; then
    ROOT_ACCESS_KEY=tandem ROOT_SECRET_KEY=tandem-secret setsid nohup "$program" --quiet --port "127.0.0.1:$port" posix --sidecar "$data/meta" "$data/store" >>"$data/log" 2>&1 </dev/null &
    echo $! >"$data/pid"
  fi
  local i
  for i in $(seq 300); do
    alive || { echo 'the object store ended:' >&2; tail -5 "$data/log" >&2; exit 1; }
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break
    sleep 0.1
  done
  echo "export AWS_ENDPOINT_URL_S3=http://127.0.0.1:$port AWS_ACCESS_KEY_ID=tandem AWS_SECRET_ACCESS_KEY=tandem-secret AWS_REGION=us-east-1"
}
down() {
  alive || return 0
  kill "$(pid_of)"
  local i
  for i in $(seq 100); do alive || { rm -f "$data/pid"; return 0; }; sleep 0.1; done
  kill -KILL "$(pid_of)"
}
case ${1:-} in
  check) check ;;
  program) install; echo "$program" ;;
  up) up ;;
  status) alive && echo "http://127.0.0.1:$port pid $(pid_of)" || echo down ;;
  down) down ;;
  wipe) down; rm -rf "$data" ;;
  *) sed -n '2,13s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
