#!/bin/sh
# merge.sh: the logs of all shards as one, and a page. LOGS as of shard.sh.
#   PAGE  the page's file (default LOGS/report.html); none: no page, which takes minutes for millions of cases
# Exit status: of `conv2d-cts merge`: 0 complete, 1 machines disagree, 3 cases are missing.

set -u
: "${LOGS:?}"
program=${CONV2D_CTS:-conv2d-cts}
"$program" merge -o "$LOGS/merged.jsonl.zst" "$LOGS"/[0-9]*.jsonl.zst
status=$?
[ "${PAGE:-}" = none ] || "$program" report --html "${PAGE:-$LOGS/report.html}" "$LOGS/merged.jsonl.zst"
exit $status
