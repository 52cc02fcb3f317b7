#!/bin/sh
# Every case file is a TAP script: what prove can do (-j, --state, --timer), it can do with the suite.
cts=$(command -v conv2d-cts) || { echo "conv2d-cts is not on PATH" >&2; exit 2; }
cases=$(dirname "$(dirname "$cts")")/share/conv2d-cts/cases
exec prove -j"$(nproc)" -e "$cts run --tap --jobs 1 --tier quick --impl ${1:-build/subject.so}" --ext .yaml -r "$cases"
