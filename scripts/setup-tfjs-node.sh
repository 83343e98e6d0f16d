#!/usr/bin/env bash
# Builds the optional package @tensorflow/tfjs-node against the TensorFlow libraries of the PyPI wheel tensorflow-cpu,
# for machines that cannot reach the host from which the package downloads its own. Linux on x86-64.
# Leaves package.json and the lock file as they are. Does nothing when the package already loads.
set -euo pipefail

readonly tfjs_version=4.22.0
readonly tensorflow_version=2.15.1
cd "$(dirname "${BASH_SOURCE[0]}")/.."
readonly root=$PWD
readonly cache=$root/.cache/tensorflow-$tensorflow_version
readonly package=$root/node_modules/@tensorflow/tfjs-node

say() { printf 'setup:tfjs-node: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

loads() {
  node -e "const tf = require('@tensorflow/tfjs-node'); if (tf.getBackend() !== 'tensorflow') process.exit(1)" >/dev/null 2>&1
}

require_tool() { command -v "$1" >/dev/null 2>&1 || fail "$1 is missing; $2"; }

check_machine() {
  [[ $(uname -s)-$(uname -m) == Linux-x86_64 ]] || fail "only Linux on x86-64 is supported here; try: npm install --no-save @tensorflow/tfjs-node@$tfjs_version"
  require_tool python3 'install Python 3 (it unpacks the wheel, and node-gyp needs it)'
  require_tool g++ 'install a C++ compiler (Debian: apt-get install g++)'
  require_tool make 'install make (Debian: apt-get install make)'
  python3 -m pip --version >/dev/null 2>&1 || fail 'pip is missing; install it for python3 (Debian: apt-get install python3-pip)'
}

# The libraries and the C headers, and nothing else of the wheel; the finished folder appears by one rename.
fetch_tensorflow() {
  [[ -d $cache ]] && return
  say "downloading tensorflow-cpu $tensorflow_version (about 200 MB, once)"
  local work=$cache.$$
  trap "rm -rf '$work'" EXIT
  mkdir -p "$work/wheel" "$work/deps/lib"
  python3 -m pip download --quiet --no-deps --only-binary=:all: --python-version 3.11 \
    --platform manylinux_2_17_x86_64 --dest "$work/wheel" "tensorflow-cpu==$tensorflow_version" >&2 ||
    fail 'pip could not download the wheel; check the network and the package index'
  python3 - "$work" <<'PYTHON'
import pathlib, shutil, sys, zipfile
work = pathlib.Path(sys.argv[1])
headers = ('tensorflow/include/tensorflow/c/', 'tensorflow/include/tensorflow/core/', 'tensorflow/include/tsl/')
libraries = ('tensorflow/libtensorflow_cc.so.2', 'tensorflow/libtensorflow_framework.so.2')
with zipfile.ZipFile(next((work / 'wheel').glob('*.whl'))) as wheel:
    for name in wheel.namelist():
        if name in libraries:
            target = work / 'deps/lib' / pathlib.Path(name).name
        elif name.startswith(headers) and name.endswith('.h'):
            target = work / 'deps/include' / name.removeprefix('tensorflow/include/')
        else:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        with wheel.open(name) as source, open(target, 'wb') as sink:
            shutil.copyfileobj(source, sink)
PYTHON
  ln -s libtensorflow_cc.so.2 "$work/deps/lib/libtensorflow.so"
  ln -s libtensorflow_framework.so.2 "$work/deps/lib/libtensorflow_framework.so"
  mv "$work/deps" "$cache"
}

# Where node.h lies: beside the running node if it came with its headers; empty lets node-gyp fetch them.
node_headers() {
  local prefix
  prefix=$(node -p "require('node:path').resolve(process.execPath, '../..')")
  for prefix in "$prefix" /usr /usr/local; do
    [[ -f $prefix/include/node/node_version.h ]] || continue
    grep -q "#define NODE_MAJOR_VERSION $(node -p 'process.versions.node.split(".")[0]')\$" "$prefix/include/node/node_version.h" || continue
    printf -- '--nodedir=%s' "$prefix"
    return
  done
}

build() {
  say "installing @tensorflow/tfjs-node $tfjs_version without its own download"
  # --save-dev: as the optional peer that package.json calls it, npm would leave it out
  npm install --no-save --save-dev --no-audit --no-fund --ignore-scripts "@tensorflow/tfjs-node@$tfjs_version" >&2
  ln -sfn "$cache" "$package/deps"
  local log=$root/.cache/tfjs-node-build.log
  say 'compiling the binding'
  (cd "$package" && "$root/node_modules/.bin/node-pre-gyp" install --build-from-source $(node_headers)) >"$log" 2>&1 ||
    { tail -n 30 "$log" >&2; fail "the compiler failed; the whole output is in $log"; }
}

if loads; then
  say 'already installed'
  exit 0
fi
check_machine
fetch_tensorflow
build
loads || fail "built, but it does not load; see: node -e \"require('@tensorflow/tfjs-node')\" (Node 23 and newer lack util.isNullOrUndefined, which it calls)"
say 'done'
