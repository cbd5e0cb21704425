#!/usr/bin/env bash
# Runs the contract suite and prints how many tests passed, failed and were skipped, per area. Arguments go to "dotnet test".
#   tests/Contract/counts.sh                       # against the embedded sidecar
#   DAPR_HTTP_ENDPOINT=... tests/Contract/counts.sh   # against another one: see docs/contract-tests.md
set -u
here=$(cd "$(dirname "$0")" && pwd)
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
dotnet test "$here" "$@" --logger "trx;LogFileName=contract.trx" --results-directory "$results"
status=$?
[ -f "$results/contract.trx" ] || exit "$status"
# An area is a folder of the suite; of the recordings it is what was recorded.
grep -o '<UnitTestResult [^>]*>' "$results/contract.trx" \
    | sed -E 's/.*testName="Tests\.Contract\.([^("]+).*/\1 &/; s/^([^ ]+) .*outcome="([A-Za-z]+)".*/\1 \2/' \
    | awk '{
          split($1, part, ".")
          area = part[1]
          if (area == "Recorded") { name = part[2]; sub(/^Recorded/, "", name); sub(/Tests$/, "", name); area = "Recorded: " name }
          if (!(area in seen)) { seen[area] = 1; areas[++n] = area }
          count[area, $2]++; total[$2]++
      }
      END {
          for (i = 1; i <= n; i++) for (j = i + 1; j <= n; j++) if (areas[j] < areas[i]) { t = areas[i]; areas[i] = areas[j]; areas[j] = t }
          printf "%-32s %8s %8s %8s\n", "area", "passed", "failed", "skipped"
          for (i = 1; i <= n; i++) printf "%-32s %8d %8d %8d\n", areas[i], count[areas[i], "Passed"], count[areas[i], "Failed"], count[areas[i], "NotExecuted"]
          printf "%-32s %8d %8d %8d\n", "all", total["Passed"], total["Failed"], total["NotExecuted"]
      }'
exit "$status"
