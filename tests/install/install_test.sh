#!/bin/sh
# install_test.sh BUILD-FOLDER SOURCE-FOLDER VERSION CXX [CXX-FLAG...]
# Installs into a folder of its own, runs what is there, and builds a program on it in both ways.
set -eu
build=$1 source=$2 version=$3 cxx=$4
shift 4

if ! command -v pkg-config >/dev/null; then
  echo "skipped: there is no pkg-config"
  exit 77
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
prefix=$folder/prefix
DESTDIR='' cmake --install "$build" --prefix "$prefix" >"$folder/log" || { cat "$folder/log"; exit 1; }

# expect WHAT GOT WANTED
expect() {
  [ "$2" = "$3" ] && return
  printf '%s:\n  got:    %s\n  wanted: %s\n' "$1" "$2" "$3" >&2
  exit 1
}

# Nothing of the person's own surroundings gets in.
installed() {
  env -i HOME="$folder/home" LC_ALL=C TZ=UTC BTCW__EXCHANGE__BINANCE__REST_URL=http://127.0.0.1:1 \
    "$prefix/bin/btcw" "$@"
}

expect "--version" "$(installed --version)" "btcw $version"
code=0
installed price --offline BTC/USDT >"$folder/out" 2>"$folder/err" || code=$?
expect "price --offline, with nothing cached" "$code $(cat "$folder/out")" "4 "
# It takes the network module to be refused.
code=0
installed price -e binance BTC/USDT >"$folder/out" 2>"$folder/err" || code=$?
case "$code $(cat "$folder/err")" in
  *"connection refused"*) ;;
  *) expect "price, of a port where nobody listens" "$code $(cat "$folder/err")" "connection refused" ;;
esac
# And the other module for a key on an elliptic curve.
installed token keygen --alg ES256 | grep -q '"kty":"EC"' || expect "token keygen" "no EC key" "one"

wanted="$version 0.00002431"
CXXFLAGS="$*" cmake -S "$source/tests/install/consumer" -B "$folder/consumer" -DCMAKE_CXX_COMPILER="$cxx" \
  -DCMAKE_PREFIX_PATH="$prefix" >"$folder/log" 2>&1 &&
  cmake --build "$folder/consumer" >>"$folder/log" 2>&1 || { cat "$folder/log"; exit 1; }
expect "a program with find_package(btcw)" "$("$folder/consumer/consumer")" "$wanted"

pc=$(find "$prefix" -name btcw.pc)
export PKG_CONFIG_PATH="${pc%/*}"
expect "pkg-config --modversion" "$(pkg-config --modversion btcw)" "$version"
expect "the prefix that btcw.pc names" "$(realpath "$(pkg-config --variable=prefix btcw)")" "$(realpath "$prefix")"
# shellcheck disable=SC2046: several words
"$cxx" "$@" -std=c++20 $(pkg-config --cflags btcw) "$source/tests/install/consumer/consumer.cc" -o "$folder/by_pc" \
  $(pkg-config --libs btcw) -Wl,-rpath,"$(pkg-config --variable=libdir btcw)"
expect "a program with pkg-config" "$("$folder/by_pc")" "$wanted"
echo "installed, and built on: $wanted"
