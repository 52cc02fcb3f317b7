#!/bin/sh
# portable.sh: clang's build and AArch64's, the latter under qemu-user. Each builds without a warning, passes the tests of
# the oracle, and has the same ids and the same right answers bit for bit; the sample conforms to its quick tier.
# TAP for people and prove; what is not installed is skipped with the reason.
set -u
cd "$(dirname "$0")/.." || exit
B=${B:-build}
: "${LIBRARIES:?make check-portable says which}"
jobs=$(nproc)
count=0 failed=0
is () { # STATUS NAME [LOG]
  count=$((count + 1))
  if [ "$1" -eq 0 ]; then echo "ok $count - $2"; else
    echo "not ok $count - $2"
    failed=1
    [ -z "${3:-}" ] || tail -n 20 "$3" | sed 's/^/# /'
  fi
}
skip () { count=$((count + 1)); echo "ok $count - $1 # SKIP $2"; }

ids () { # COMMAND...
  for tier in quick full; do "$@" list --hash --tier $tier; done
}
# The data and right answers of quick, bit for bit. What is known besides a right answer (the sum before it is rounded)
# may differ by an ulp: conv2d_oracle.h says so, and answers.lua leaves it out.
# A program takes a part of the cases, as qemu keeps a table for every page that a program ever had: 24 GiB for all.
answers () { # COMMAND...
  for part in $(seq 24); do
    "$@" lua tests/answers.lua quick "$part/24" >"$B/answers.part" || echo "part $part ends with an error"
    sha256sum <"$B/answers.part"
  done
  rm "$B/answers.part"
}

ids "$B/conv2d-cts" >"$B/ids.here"
answers "$B/conv2d-cts" >"$B/answers.here"

try () { # NAME PROGRAM-PREFIX FOLDER MAKE-ARGUMENTS...
  name=$1 prefix=$2 folder=$3
  shift 3
  log=$folder/log
  mkdir -p "$folder"
  make -k -j"$jobs" B="$folder" "$@" >"$log" 2>&1
  is $? "$name builds without a warning" "$log"
  [ -x "$folder/conv2d-cts" ] || return
  for test in $tests; do
    $prefix "$folder/tests/oracle/$test.t" 0.1 >"$folder/$test.tap" 2>&1
    is $? "$name: tests/oracle/$test.c" "$folder/$test.tap"
  done
  CONV2D_CTS_ROOT=$PWD ids $prefix "$folder/conv2d-cts" | cmp -s - "$B/ids.here"
  is $? "$name: the same ids"
  CONV2D_CTS_ROOT=$PWD answers $prefix "$folder/conv2d-cts" | cmp -s - "$B/answers.here"
  is $? "$name: the same right answers, bit for bit"
  emulate_worker "$folder" "$prefix"
  CONV2D_CTS_ROOT=$PWD $prefix "$folder/run/conv2d-cts" run --time-limit 100 --impl "$folder/adapters/naive.so" >"$folder/run.txt" 2>&1
  is $? "$name: the sample conforms" "$folder/run.txt"
}
# The program beside a worker that starts with the prefix: an emulator does not emulate what its program executes.
emulate_worker () { # FOLDER PROGRAM-PREFIX
  mkdir -p "$1/run"
  cp "$1/conv2d-cts" "$1/run/conv2d-cts"
  printf '#!/bin/sh\nexec %s "%s" "$@"\n' "$2" "$(realpath "$1")/conv2d-worker" >"$1/run/conv2d-worker"
  chmod +x "$1/run/conv2d-worker"
}

tests=$(for t in tests/oracle/*.c; do basename "$t" .c; done | grep -vx sample)
targets () { for t in $tests; do echo "$1/tests/oracle/$t.t"; done; }

if command -v clang >/dev/null; then
  try clang "" "$B/clang" CC=clang all $(targets "$B/clang")
else
  skip clang "clang is not installed: make deps-portable"
fi

arm=aarch64-linux-gnu
arm_path=/usr/lib/$arm/pkgconfig:/usr/share/pkgconfig
is_there () { PKG_CONFIG_LIBDIR=$arm_path pkg-config --exists "$@"; }
if ! command -v $arm-gcc >/dev/null || ! command -v qemu-aarch64 >/dev/null; then
  skip AArch64 "$arm-gcc or qemu-aarch64 is not installed: make deps-portable"
elif ! [ -e /usr/lib/$arm/libmpfr.so ] || ! is_there $LIBRARIES; then
  skip AArch64 "the libraries of the runner and of the tests are not installed for arm64: make deps-portable"
else
  # The search path is exported, since the compile flags are asked for by a program that make starts.
  export PKG_CONFIG_LIBDIR=$arm_path
  try AArch64 qemu-aarch64 "$B/aarch64" CC=$arm-gcc AR=$arm-ar LD=$arm-ld OBJCOPY=$arm-objcopy all $(targets "$B/aarch64")
fi
echo "1..$count"
exit $failed
