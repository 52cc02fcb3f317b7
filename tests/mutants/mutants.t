#!/bin/sh
# mutants.t: one mutant of each group dies, and the engine without a mistake lives.
# `make mutants` tries them all. This test shows in a minute that the suite still finds mistakes.

mutants='padding-swapped channel-tail-skipped shape-ceiling reflect-repeats-edge
  same-larger-half-first group-weights-shared bias-per-channel row-gap-ignored input-in-bfloat16
  zero-weight-skipped int8-sum-saturates complex-bias-real reflect-limit-one-more weight-cached-by-shape
  grad-input-padding-dropped init-without-groups history-circular-halves'

# shellcheck disable=SC2086 # names, each a word
set -- $mutants
echo "1..$(($# + 1))"
# the largest case takes long where all is built with a sanitizer
build/conv2d-cts run --max-failures 1 ${CONV2D_SANITIZER:+--time-limit 100} --impl build/mutants/none.so >/dev/null 2>&1
status=$?
[ $status -eq 0 ] && verdict=ok || verdict='not ok'
echo "$verdict 1 - none: exit status $status"

died=$(build/conv2d-cts lua tests/mutants/kill.lua build/mutants "$@" 2>&1)
number=1
for name; do
  number=$((number + 1))
  line=$(echo "$died" | grep "^[a-z]* *$name ")
  case $line in
  *" quick, "*) echo "ok $number - $name: $line" ;;
  *) echo "not ok $number - $name: does not die by cases of quick"; echo "$died" | sed 's/^/#   /' ;;
  esac
done
