#!/bin/sh
# run_all.sh FOLDER OPTION ...: runs the subjects on standard input, as subjects.lua prints them, and writes a log of
# each into the folder, and beside it on what the bits of its answers depend. One whose log is complete
# is not run again.

folder=$1
shift
mkdir -p "$folder"
while read -r name list option value; do
  log=$folder/$name.jsonl
  tail -n 1 "$log" 2>/dev/null | grep -q '"end":true.*"interrupted":false' && continue
  expected=
  [ "$list" = - ] || expected="--xfail $list"
  # shellcheck disable=SC2086 # no path in it has spaces
  build/conv2d-cts run "$@" --time-limit 60 --load-limit 600 $expected --log "$log" "$option" "$value" </dev/null >"$folder/$name.out" 2>&1
  status=$?
  build/conv2d-cts invariances --json --time-limit 60 --load-limit 600 "$option" "$value" </dev/null >"$folder/$name.invariances.json" 2>/dev/null ||
    rm "$folder/$name.invariances.json"
  echo "ran $name: status $status" >&2
done
