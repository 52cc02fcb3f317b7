#!/bin/sh
# corpus.t: the readers still take the inputs that fuzzing has found and kept, without harm.
count=0
check() {
  for target in $2; do
    count=$((count + 1))
    if FUZZ_TARGET=$target build/tests/fuzz/$1 tests/fuzz/corpus/$target/* >/dev/null 2>&1; then echo "ok $count - $target"
    else echo "not ok $count - $target"; fi
  done
}
check replay "yaml id npy cases xfail ids replies numerics descriptors compute"
check replay-scripts "logs zstd arguments expected histories imports"
echo "1..$count"
