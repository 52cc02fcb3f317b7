#!/bin/sh
# quick.t: the part of `make proofs` that takes seconds: Coq's theorems, where coqc is there, and a sample
# of what is tried in full.

say () { # line of TAP, output of make
  echo "$1"
  sed 's/^/# /' "$2"
}

log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT
if ! make -s proofs-coq >"$log" 2>&1; then
  say 'not ok 1 - Coq checks the theorems' "$log"
elif grep -q 'is missing' "$log"; then
  echo 'ok 1 - Coq checks the theorems # SKIP coqc or a library of it is not installed (make deps-proofs)'
else
  say 'ok 1 - Coq checks the theorems' "$log"
fi
if make -s proofs-sample >"$log" 2>&1; then
  say 'ok 2 - roundings, products and axes against definitions of another kind' "$log"
else
  say 'not ok 2 - roundings, products and axes against definitions of another kind' "$log"
fi
echo 1..2
