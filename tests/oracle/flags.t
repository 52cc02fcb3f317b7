#!/bin/sh
# Flags under which the oracle would be wrong do not compile.
cc=${CC:-gcc}
count=0
failed=0

compiles () {
  "$cc" -std=c17 -Iinclude -fsyntax-only "$@" oracle/settle.c 2>&1
}

ok () {
  count=$((count + 1))
  if [ "$1" = 0 ]; then echo "ok $count - $2"; else echo "not ok $count - $2"; failed=1; fi
}

compiles -O2 >/dev/null
ok $? 'the default flags compile'

for flag in -ffast-math -Ofast -ffinite-math-only -funsafe-math-optimizations -mfpmath=387; do
  case $flag,$(uname -m) in
  -mfpmath=387,x86_64) ;;
  -mfpmath=387,*) continue ;;
  esac
  compiles "$flag" | grep -q 'the oracle refuses\|excess precision'
  ok $? "$flag is refused"
done

echo "1..$count"
exit $failed
