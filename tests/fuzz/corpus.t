#!/bin/sh
# corpus.t: the readers still take the inputs that fuzzing has found and kept, without harm.
count=0
for target in yaml id npy cases xfail ids; do
  count=$((count + 1))
  if FUZZ_TARGET=$target build/tests/fuzz/replay tests/fuzz/corpus/$target/* >/dev/null 2>&1; then echo "ok $count - $target"
  else echo "not ok $count - $target"; fi
done
echo "1..$count"
