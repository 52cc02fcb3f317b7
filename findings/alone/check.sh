#!/bin/sh
# check.sh FILE COMMAND ...: runs what shows a finding, and compares its end with what FILE names as proof:
# the signal that it dies of, or the last line that it prints. Exit status 1 if it is not reproduced.
# A program whose last line is `not here` needs an instruction set or a compiler that this machine lacks.

file=$1
shift
proof=$(sed -n 's/.*Proof: \([A-Za-z]*\).*/\1/p' "$(dirname "$0")/$file")
{ out=$(timeout 200 "$@" 2>/dev/null); } 2>/dev/null
status=$?
end=$(printf '%s\n' "$out" | tail -n 1)
[ "$status" -gt 128 ] && end=SIG$(kill -l "$status")
case $end in
  "$proof") echo "confirmed       $file" ;;
  "not here") echo "not here        $file: this machine lacks what it takes" ;;
  "not reproduced"*) echo "not reproduced  $file"; exit 1 ;;
  *) echo "not reproduced  $file: ended with ${end:-nothing} instead of $proof"; exit 1 ;;
esac
