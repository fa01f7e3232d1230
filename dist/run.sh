#!/usr/bin/env bash
# Runs what action.yml is asked for: CDX_COMMAND is check or test, CDX_ARGUMENTS has one argument a
# line. Findings become annotations, and a SARIF log for the step after it; the exit code is cdx's.
set -euo pipefail

arguments=()
while IFS= read -r line; do
    line=${line%$'\r'}
    [[ -z "$line" ]] || arguments+=("$line")
done <<< "$CDX_ARGUMENTS"

case "$CDX_COMMAND" in
    check)
        sarif="$RUNNER_TEMP/cdx.sarif"
        code=0
        rm -f "$sarif"
        cdx check ${arguments[@]+"${arguments[@]}"} --format github --output "sarif=$sarif" || code=$?
        [[ ! -s "$sarif" ]] || echo "sarif=$sarif" >> "$GITHUB_OUTPUT"
        exit "$code"
        ;;
    test)
        exec cdx test ${arguments[@]+"${arguments[@]}"}
        ;;
    *)
        echo "::error title=cdx::expected check or test, found \"$CDX_COMMAND\""
        exit 2
        ;;
esac
