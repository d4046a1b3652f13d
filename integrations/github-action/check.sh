#!/usr/bin/env bash
# Annotations on the changed lines, a summary on the job's page, a SARIF log for code scanning; the exit code is that of check.
# None of the three holds a word of the drafts.
set -euo pipefail
read -r -a paths <<<"${PATHS:-.}"
options=()
[[ -n ${FAIL_ON:-} ]] && options+=(--fail-on "$FAIL_ON")
[[ -n ${AUDIENCE:-} ]] && options+=(--audience "$AUDIENCE")
tearline=${TEARLINE:-tearline}
quiet() { "$tearline" check --quiet "${options[@]}" "$@" -- "${paths[@]}" || [[ $? -le 1 || $? -eq 3 ]]; }
quiet --format sarif --output "${SARIF:-tearline.sarif}"
[[ -n ${GITHUB_STEP_SUMMARY:-} ]] && quiet --format markdown >>"$GITHUB_STEP_SUMMARY"
"$tearline" check "${options[@]}" --format github -- "${paths[@]}"
