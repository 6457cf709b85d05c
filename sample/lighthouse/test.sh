#!/bin/sh
# Checks beam.sh. Prints one line per check and fails if one of them does.
failed=0
check() {
  got=$(sh ./beam.sh "$1")
  if [ "$got" = "$2" ]; then
    echo "ok      a lamp at $1 m is seen from $2 m"
  else
    echo "not ok  a lamp at $1 m: wanted $2 m, got $got m"
    failed=1
  fi
}
check 0 0
check 10 11288
check 40 22576
[ -n "$ARTIFACTS" ] && echo "checks=3 failed=$failed" >"$ARTIFACTS/summary.txt"
exit "$failed"
