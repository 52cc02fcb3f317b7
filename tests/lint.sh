#!/bin/sh
# lint.sh FILE...: what machines say of the given sources; of all that git knows, if none is given.
# A tool that is not installed is named, and its part left out. LINT_FAST=1: without clang-tidy.
set -eu
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- $(git ls-files)

status=0
fail () { status=1; }
have () { command -v "$1" >/dev/null || { echo "lint: $1 is not installed: its part is left out" >&2; false; }; }

# The given files that match one of the patterns of the shell, below the folder that is given first.
pick () {
  patterns=$1
  shift
  for file; do
    [ -f "$file" ] || continue
    for pattern in $patterns; do
      # shellcheck disable=SC2254 # patterns are meant as such
      case $file in $pattern) echo "$file"; break ;; esac
    done
  done
}

flags="-Iinclude -Irunner -D_GNU_SOURCE $(pkg-config --cflags lua5.4 yaml-0.1 jansson libxxhash libxml-2.0 2>/dev/null || true)"
format=$(pick 'runner/*.[ch] oracle/*.[ch] include/*.h adapters/*.[ch] adapters/*.cpp tests/*.[ch] findings/*.[ch] findings/*.cpp' "$@")
source=$(pick 'runner/*.c oracle/*.c adapters/naive.c adapters/oracle.c adapters/pipe*.c' "$@")
# The hostile deeds are errors on purpose.
tests=$(pick 'tests/*.c' "$@" | grep -v "^tests/sandbox/hostile/" || true)
cplusplus=$(pick 'adapters/*.cpp' "$@")
lua=$(pick 'runner/*.lua reports/*.lua tests/*.lua tests/*.t bench/*.lua' "$@")
shell=$(pick '*.sh .githooks/* .ci/run' "$@")

# The formatter leaves the end of a comment alone on a line where the last line is too long by it.
if [ -n "$format" ] && grep -nE '^ *\*/$' $format /dev/null; then
  echo "lint: a comment ends on a line of its own: shorten what it says" >&2
  fail
fi
if [ -n "$format" ] && have clang-format; then clang-format --dry-run -Werror $format || fail; fi
if [ -n "$source" ] && [ -z "${LINT_FAST:-}" ] && have clang-tidy; then clang-tidy --quiet $source -- -std=c17 $flags || fail; fi
if [ -n "$source$tests" ] && have cppcheck; then
  cppcheck --quiet --error-exitcode=1 --std=c11 --enable=warning,performance,portability --inline-suppr \
    --suppress=missingIncludeSystem --suppress=internalAstError -Iinclude -Irunner \
    -D_GNU_SOURCE -D__FLT_EVAL_METHOD__=0 $source $tests || fail
fi
if [ -n "$cplusplus" ] && have cppcheck; then
  cppcheck --quiet --error-exitcode=1 --std=c++17 --language=c++ --enable=warning,performance,portability --inline-suppr \
    --suppress=missingIncludeSystem --suppress=internalAstError --suppress=syntaxError --suppress=ctuOneDefinitionRuleViolation --suppress=useInitializationList -Iinclude -Iadapters $cplusplus || fail
fi
if [ -n "$lua" ] && have luacheck; then
  scripts=
  for file in $lua; do
    case $file in *.t) head -n 1 "$file" | grep -q lua || continue ;; esac
    scripts="$scripts $file"
  done
  [ -z "$scripts" ] || luacheck -q $scripts || fail
fi
if [ -n "$shell" ] && have shellcheck; then shellcheck -e SC2086,SC2046 $shell || fail; fi
exit $status
