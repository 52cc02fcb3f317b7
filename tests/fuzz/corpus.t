#!/bin/sh
# corpus.t: what fuzzing has kept still does no harm.
count=0
for target in yaml id npy; do
  count=$((count + 1))
  if build/tests/fuzz/replay-$target tests/fuzz/corpus/$target/* >/dev/null; then echo "ok $count - $target"
  else echo "not ok $count - $target"; fi
done
echo "1..$count"
