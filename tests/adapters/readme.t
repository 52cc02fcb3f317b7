#!/bin/sh
# readme.t: the adapters that adapters/README.md shows are built as it says, and conform.

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# example LANGUAGE FILE: writes the code block of that language.
example () {
  sed -n "/^\`\`\`$1\$/,/^\`\`\`\$/p" adapters/README.md | sed '1d;$d' >"$2"
}

# conforms NUMBER NAME OPTION...: runs the quick tier on a subject.
conforms () {
  number=$1 name=$2
  shift 2
  if build/conv2d-cts run "$@" >"$folder/$number.log" 2>&1; then
    echo "ok $number - $name"
  else
    echo "not ok $number - $name"
    sed 's/^/# /' "$folder/$number.log" | tail -20
  fi
}

echo 1..3

example c "$folder/mylib.c"
gcc -shared -fPIC -Iinclude -o "$folder/c.so" "$folder/mylib.c" tests/adapters/mylib.c
conforms 1 'in C' --impl "$folder/c.so"

example cpp "$folder/mylib.cpp"
gcc -fPIC -c -o "$folder/mylib.o" tests/adapters/mylib.c
g++ -std=c++17 -shared -fPIC -Iinclude -o "$folder/cpp.so" "$folder/mylib.cpp" "$folder/mylib.o"
conforms 2 'in C++' --impl "$folder/cpp.so"

example python "$folder/windows.py"
if /usr/bin/python3 -c 'import numpy' 2>/dev/null; then
  conforms 3 'in Python' --impl-cmd "/usr/bin/python3 $folder/windows.py"
else
  echo 'ok 3 - in Python # SKIP python3-numpy is not installed'
fi
