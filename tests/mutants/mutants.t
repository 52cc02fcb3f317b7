#!/bin/sh
# mutants.t: one mutant of each group dies, and the engine without a mistake lives.
# `make mutants` tries them all. This test shows in a minute that the suite still finds mistakes.

mutants='padding-swapped channel-tail-skipped shape-ceiling reflect-repeats-edge
  same-larger-half-first group-weights-shared bias-per-channel row-gap-ignored input-in-bfloat16
  zero-weight-skipped int8-sum-saturates complex-bias-real reflect-limit-one-more weight-cached-by-shape
  grad-input-padding-dropped init-without-groups history-circular-halves'

set -- none $mutants
echo "1..$#"
number=0
for name; do
  number=$((number + 1))
  # the largest case takes long where all is built with a sanitizer
  build/conv2d-cts run --max-failures 1 ${CONV2D_SANITIZER:+--time-limit 100} --impl "build/mutants/$name.so" >/dev/null 2>&1
  status=$?
  wanted=1
  [ "$name" = none ] && wanted=0
  [ $status -eq $wanted ] && verdict=ok || verdict='not ok'
  echo "$verdict $number - $name: exit status $status"
done
