#!/usr/bin/env bash
# A real OpenSearch cluster and a Redis on this machine, for tests and for trying things out. Nothing listens beyond 127.0.0.1.
#
#   scripts/cluster.sh up [NODES]   1 or 3 nodes of OpenSearch (default 3) and a redis-server; prints their addresses
#   scripts/cluster.sh kill N       kill -9 of node N (1 to 3), or of `redis`
#   scripts/cluster.sh start N      starts it again
#   scripts/cluster.sh status       what runs
#   scripts/cluster.sh down         stops all of it; the data stays
#   scripts/cluster.sh wipe         the same, and the data goes
#   scripts/cluster.sh check        says in one line what is missing, if anything is (exit status 3)
#
# OpenSearch comes from Maven Central, by its version, into a folder outside of the project. It needs a JDK of version 21 or newer and mvn.
# TANDEM_CLUSTER       that folder (default ~/.cache/tandem-cluster)
# TANDEM_CLUSTER_PORT  node N listens on this + 10 N, Redis on this (default 9200)
# TANDEM_CLUSTER_HEAP  of a node (default 512m)
# JAVA_HOME            the JDK; when absent the newest one of /usr/lib/jvm and the path
set -euo pipefail
version=3.6.0
here=$(cd "$(dirname "$0")" && pwd)
root=${TANDEM_CLUSTER:-$HOME/.cache/tandem-cluster}
port=${TANDEM_CLUSTER_PORT:-9200}
heap=${TANDEM_CLUSTER_HEAP:-512m}
jars=$root/opensearch-$version
data=$root/data-$port
plugins='org.opensearch.transport.Netty4ModulePlugin,org.opensearch.analysis.common.CommonAnalysisModulePlugin,org.opensearch.painless.PainlessModulePlugin,org.opensearch.index.reindex.ReindexModulePlugin,org.opensearch.join.ParentJoinModulePlugin,org.opensearch.knn.plugin.KNNPlugin|PainlessModulePlugin,org.opensearch.neuralsearch.plugin.NeuralSearch'

lacking() { echo "the cluster cannot be started: $1" >&2; exit 3; }
release_of() { sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" 2>/dev/null || true; }
find_jdk() {
  local found=() each
  [ -n "${JAVA_HOME:-}" ] && found+=("$JAVA_HOME")
  found+=(/usr/lib/jvm/*)
  command -v javac >/dev/null && found+=("$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")")
  jdk=''
  for each in "${found[@]}"; do
    if [ -x "$each/bin/javac" ] && [ "$(release_of "$each")" -ge 21 ] 2>/dev/null; then jdk=$each; return; fi
  done
  lacking 'it needs a JDK of version 21 or newer; set JAVA_HOME to one'
}
check() {
  find_jdk
  [ -f "$jars/whole" ] || command -v mvn >/dev/null || lacking 'it needs mvn, which fetches OpenSearch from Maven Central'
  command -v curl >/dev/null || lacking 'it needs curl'
}
install() {
  check
  [ -f "$jars/whole" ] && return
  local part=$jars.part
  rm -rf "$part"; mkdir -p "$part/classes"
  mvn -B -q -f "$here/cluster/pom.xml" -Dout="$part" -Dopensearch.version="$version" package >&2 || lacking 'Maven Central did not give what it needs; the lines above say more'
  "$jdk/bin/javac" -proc:none -cp "$part/lib/*" -d "$part/classes" "$here/cluster/ClusterNode.java"
  touch "$part/whole"; rm -rf "$jars"; mv "$part" "$jars"
}
pid_of() { cat "$data/$1.pid" 2>/dev/null || true; }
alive() { local pid; pid=$(pid_of "$1"); [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null; }
address() { echo "http://127.0.0.1:$((port + 10 * $1))"; }
nodes() { cat "$data/nodes" 2>/dev/null || echo 0; }
numbers() { seq "$(nodes)"; }
start_node() {
  local node=$1 home=$data/n$1 managers seeds i
  alive "n$node" && return
  managers=$(for i in $(numbers); do printf '"n%s",' "$i"; done)
  seeds=$(for i in $(numbers); do printf '"127.0.0.1:%s",' $((port + 100 + 10 * i)); done)
  mkdir -p "$home/config" "$home/logs" "$home/plugins" "$home/modules" "$data/snapshots"
  cat > "$home/config/opensearch.yml" <<Y
cluster.name: tandem-$port
node.name: n$node
network.host: 127.0.0.1
http.port: $((port + 10 * node))
transport.port: $((port + 100 + 10 * node))
discovery.seed_hosts: [${seeds%,}]
cluster.initial_cluster_manager_nodes: [${managers%,}]
cluster.routing.allocation.disk.threshold_enabled: ${TANDEM_CLUSTER_DISK_THRESHOLD:-false}
path.repo: ["$data/snapshots"]
Y
  setsid nohup "$jdk/bin/java" -Xms"$heap" -Xmx"$heap" -XX:+UseSerialGC -XX:TieredStopAtLevel=${TANDEM_CLUSTER_TIER:-4} \
    --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
    -Dfile.encoding=UTF-8 -Djava.awt.headless=true -Dlog4j2.disable.jmx=true -Dio.netty.noUnsafe=true -Dio.netty.allocator.numDirectArenas=0 \
    -Dlog4j2.configurationFile="$here/cluster/log4j2.properties" -Dcluster.log=warn -Dcluster.plugins="$plugins" \
    -cp "$jars/classes:$jars/lib/*" ClusterNode "$home" >> "$data/n$node.log" 2>&1 < /dev/null &
  echo $! > "$data/n$node.pid"
}
start_redis() {
  command -v redis-server >/dev/null || { echo 'redis-server is not installed: jobs on several machines need it' >&2; return; }
  alive redis && return
  mkdir -p "$data/redis"
  setsid nohup redis-server --bind 127.0.0.1 --port "$port" --dir "$data/redis" --appendonly yes --appendfsync always --save '' --maxmemory-policy noeviction \
    >> "$data/redis.log" 2>&1 < /dev/null &
  echo $! > "$data/redis.pid"
}
wait_green() {
  local i end=$((SECONDS + 180))
  until curl -sf -m 10 "$(address "${1:-1}")/_cluster/health?wait_for_nodes=$(nodes)&wait_for_status=green&timeout=5s" | grep -q '"timed_out":false'; do
    for i in $(numbers); do
      alive "n$i" || { echo "node $i ended:" >&2; tail -20 "$data/n$i.log" >&2; exit 1; }
    done
    [ "$SECONDS" -lt "$end" ] || { echo 'no green cluster within 180 s' >&2; tail -n 5 "$data"/n?.log >&2; exit 1; }
    sleep 0.3
  done
}
end() {
  local i
  alive "$1" || return 0
  kill "$2" "$(pid_of "$1")"
  for i in $(seq 300); do alive "$1" || { rm -f "$data/$1.pid"; return 0; }; sleep 0.1; done
  kill -KILL "$(pid_of "$1")"
}
named() { case $1 in redis) echo redis ;; [123]) echo "n$1" ;; *) echo "$1: expected 1, 2, 3 or redis" >&2; exit 2 ;; esac; }
down() { local i; for i in 1 2 3; do alive "n$i" && kill -TERM "$(pid_of "n$i")"; done; for i in n1 n2 n3 redis; do end "$i" -TERM; done; }
status() {
  local i
  for i in $(numbers); do alive "n$i" && echo "node $i $(address "$i") pid $(pid_of "n$i")" || echo "node $i down"; done
  alive redis && echo "redis redis://127.0.0.1:$port pid $(pid_of redis)" || echo 'redis down'
}
case ${1:-} in
  check) check ;;
  up)
    count=${2:-3}
    case $count in 1|3) ;; *) echo "$count: expected 1 or 3 nodes" >&2; exit 2 ;; esac
    install; mkdir -p "$data"
    known=$(nodes)
    if [ "$known" != 0 ] && [ "$known" != "$count" ]; then
      echo "the data of $data is that of $known nodes; scripts/cluster.sh wipe takes it away" >&2; exit 1
    fi
    echo "$count" > "$data/nodes"
    for i in $(numbers); do start_node "$i"; done
    start_redis; wait_green; status ;;
  kill) end "$(named "$2")" -KILL ;;
  start) find_jdk; if [ "$2" = redis ]; then start_redis; else named "$2" >/dev/null; start_node "$2"; fi ;;
  wait) find_jdk; wait_green "${2:-1}" ;;
  status) status ;;
  down) down ;;
  wipe) down; rm -rf "$data" ;;
  *) sed -n '4,10p' "$0" | cut -c3-; exit 2 ;;
esac
