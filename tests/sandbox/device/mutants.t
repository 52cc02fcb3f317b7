#!/bin/sh
# mutants.t: on the pretend device mutants die as they do on the host, and the engine without a
# mistake lives. Each mistake is caught by a case file of its own, so that this takes seconds.

on_device () { CONV2D_PRETEND="build/mutants/$2.so" build/conv2d-cts run --max-failures 1 --impl "build/pretend/$1.so" $3 >/dev/null 2>&1; }

set -- 'none cases/padding.yaml' 'padding-swapped cases/padding.yaml' 'bias-per-channel cases/bias.yaml' \
  'reflect-repeats-edge cases/reflect.yaml' 'same-larger-half-first cases/same.yaml' \
  'group-weights-shared cases/groups.yaml' 'int8-sum-saturates cases/integers.yaml' 'row-gap-ignored cases/layout.yaml' \
  'grad-input-padding-dropped cases/backward.yaml' 'init-without-groups cases/initialisation.yaml' 'input-in-bfloat16 cases/precision.yaml'
echo "1..$(($# * 3))"
number=0
for row; do
  name=${row%% *} cases=${row#* } wanted=1
  [ "$name" = none ] && wanted=0
  for kind in guarded unguarded handles; do
    number=$((number + 1))
    on_device $kind "$name" "$cases"
    status=$?
    [ $status -eq $wanted ] && verdict=ok || verdict='not ok'
    echo "$verdict $number - $name on $kind: exit status $status"
  done
done
