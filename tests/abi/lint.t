#!/bin/sh
# lint.t: runs tests/lint.sh on the sources that changed last: the files of the last commits and those that are not
# committed yet. `make lint` checks all files.
cd "$(dirname "$0")/../.." || exit 1
COMMITS=10
for tool in clang-format cppcheck luacheck shellcheck git; do
  if ! command -v $tool >/dev/null; then
    echo "1..0 # SKIP $tool is not installed: make deps-lint"
    exit 0
  fi
done
base=$(git rev-parse -q --verify "HEAD~$COMMITS" 2>/dev/null) || base=$(git rev-list --max-parents=0 HEAD 2>/dev/null | tail -n 1)
if [ -z "$base" ]; then
  echo "1..0 # SKIP not a clone: git does not say what has changed"
  exit 0
fi
files=$(git diff --name-only --diff-filter=ACMR "$base" -- '*.c' '*.h' '*.cpp' '*.lua' '*.t' '*.sh')
if [ -z "$files" ]; then
  echo "1..0 # SKIP no source has changed in the last $COMMITS commits"
  exit 0
fi
# clang-tidy takes seconds a file: make lint asks it.
if said=$(LINT_FAST=1 tests/lint.sh $files 2>&1); then
  echo "ok 1 - nothing is said of $(echo "$files" | wc -l) files"
else
  echo "not ok 1 - nothing is said of $(echo "$files" | wc -l) files"
  echo "$said" | sed 's/^/# /'
fi
# ... and something would be said.
wrong=$(mktemp -d)
trap 'rm -rf "$wrong"' EXIT
mkdir -p "$wrong/oracle" "$wrong/tests"
cp tests/lint.sh "$wrong/tests/" && cp .clang-format .luacheckrc "$wrong/"
printf 'int  f(void){return 0;}\n' >"$wrong/oracle/f.c"
printf '/* A sentence.\n */\n' >"$wrong/oracle/g.c"
printf 'x = 1\n' >"$wrong/tests/x.lua"
printf '#!/bin/sh\ncd $1 && echo `ls`\n' >"$wrong/tests/x.sh"
count=1
for file in oracle/f.c oracle/g.c tests/x.lua tests/x.sh; do
  count=$((count + 1))
  if LINT_FAST=1 "$wrong/tests/lint.sh" $file >/dev/null 2>&1; then echo "not ok $count - $file is complained of"; else
    echo "ok $count - $file is complained of"
  fi
done
echo "1..$count"
