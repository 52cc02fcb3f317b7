#!/bin/sh
# run.sh CLASS: a subject in Java of adapters/installed/java (make deps-adapters GROUP=java), for --impl-cmd.
# The machine's counters and its report of a crash would be announced on standard output, where replies go; what it
# reserves of addresses by default is more than a worker may take.
cd "$(dirname "$0")/../installed/java" || exit
exec java -XX:-UsePerfData -XX:+SuppressFatalErrorMessage -XX:+UseSerialGC -Xmx1g -XX:CompressedClassSpaceSize=64m \
  -XX:ReservedCodeCacheSize=64m -cp 'classes:lib/*' "$@"
