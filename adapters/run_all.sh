#!/bin/sh
# run_all.sh FOLDER OPTION ...: runs the subjects on standard input, as subjects.lua prints them, and writes a log of
# each into the folder. One whose log is complete is not run again.

folder=$1
shift
mkdir -p "$folder"
while read -r name list option value; do
  log=$folder/$name.jsonl
  tail -n 1 "$log" 2>/dev/null | grep -q '"end":true.*"interrupted":false' && continue
  expected=
  [ "$list" = - ] || expected="--xfail $list"
  # shellcheck disable=SC2086 # no path in it has spaces
  build/conv2d-cts run "$@" --time-limit 60 $expected --log "$log" "$option" "$value" </dev/null >"$folder/$name.out" 2>&1
  echo "ran $name: status $?" >&2
done
