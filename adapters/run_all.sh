#!/bin/sh
# run_all.sh FOLDER OPTION ...: runs the subjects on standard input, as subjects.lua prints them, and writes a log of
# each into the folder, and beside it on what the bits of its answers depend, unless that takes more than a minute. One whose log
# is complete is not run again; one that was interrupted, or that `--seconds` left with cases to do, goes on.

folder=$1
shift
seconds=$(printf '%s\n' "$*" | sed -n 's/.*--seconds \([0-9.]*\).*/\1/p')
mkdir -p "$folder"

# run LOG OPTION VALUE WORDS...: the exit status is the run's. A log that can't be gone on with is begun anew. With --json no
# failing subject is measured, which takes long.
run () {
  log=$1 option=$2 value=$3
  shift 3
  if [ -s "$log" ]; then
    # shellcheck disable=SC2086 # a number
    build/conv2d-cts run --json --resume "$log" ${seconds:+--seconds $seconds} </dev/null
    status=$?
    [ $status = 2 ] || return $status
  fi
  build/conv2d-cts run --json "$@" --log "$log" "$option" "$value" </dev/null
}

while read -r name list option value; do
  log=$folder/$name.jsonl bits=$folder/$name.invariances.json
  if ! tail -n 1 "$log" 2>/dev/null | grep '"end":true.*"interrupted":false' | grep -qv '"out_of_time":true'; then
    expected=
    [ "$list" = - ] || expected="--xfail $list"
    # shellcheck disable=SC2086 # no path in it has spaces
    run "$log" "$option" "$value" "$@" --time-limit 60 --load-limit 600 $expected >"$folder/$name.out" 2>&1
    echo "ran $name: status $?" >&2
  fi
  [ -s "$bits" ] && continue
  build/conv2d-cts invariances --json --seconds 60 --time-limit 60 --load-limit 600 "$option" "$value" \
    </dev/null >"$bits" 2>/dev/null
  [ $? -le 1 ] || rm -f "$bits" # not asked to the end
done
