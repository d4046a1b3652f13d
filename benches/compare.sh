#!/usr/bin/env bash
# Measures tearline beside its floors in one run, on one machine and one corpus, and prints ratios beside the goals.
#
#   benches/compare.sh [--quick] [--text DIR] [--work DIR] [--huge MB]
#
#   --quick      a tenth of everything
#   --text DIR   what the corpora are made of [../shared/data/real-text if there, else fixtures/reports]
#   --work DIR   where corpora and outputs go [a temporary folder]; on the disk that is to be measured
#   --huge MB    megabytes of the one huge report [50]
#
# TEARLINE and MEASURE name programs that are built already.
set -euo pipefail
cd "$(dirname "$0")/.."

text= work= huge= scale=10
while [ $# -gt 0 ]; do
  case $1 in
    --quick) scale=1 ;;
    --text) text=$2; shift ;;
    --work) work=$2; shift ;;
    --huge) huge=$2; shift ;;
    *) echo "compare.sh: unknown option $1; see the head of this file" >&2; exit 2 ;;
  esac
  shift
done
if [ -z "$text" ]; then
  text=fixtures/reports
  if [ -d ../shared/data/real-text ]; then text=../shared/data/real-text; fi
fi
huge=${huge:-$((5 * scale))}
if [ -z "${TEARLINE:-}" ] || [ -z "${MEASURE:-}" ]; then
  cargo build --release --locked --features measure --bin tearline --bin measure
  target=${CARGO_TARGET_DIR:-target}/release
  TEARLINE=$target/tearline MEASURE=$target/measure
fi
if [ -z "$work" ]; then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
fi
mkdir -p "$work"

# Seconds, peak kilobytes and processor seconds of a run, the best of so many.
run() { "$MEASURE" run "$@"; }
release() { # TIMES INPUT JOBS MORE...
  local times=$1 input=$2 jobs=$3
  shift 3
  run "$times" "$TEARLINE" release "$input" --out "$work/low" --review "$work/high" --jobs "$jobs" --quiet "$@"
}
calc() { awk "BEGIN { printf \"%.3g\", $1 }"; }
field() { cut -f "$1" <<<"$2"; }
of() { awk -F '\t' -v name="$2" '$1 == name { print $2 }' <<<"$1"; }
row() { printf '| %s | %s | %s | %s |\n' "$@"; }

echo "corpora from $text" >&2
small=$work/small few=$work/few one=$work/one huge_folder=$work/huge
"$MEASURE" corpus "$text" "$small" $((200 * scale)) 3000
"$MEASURE" corpus "$text" "$few" $(((scale + 1) / 2)) 1000000
"$MEASURE" corpus "$text" "$one" 1 3000
"$MEASURE" corpus "$text" "$huge_folder" 1 $((huge * 1000000))

echo "in memory, one thread" >&2
memory=$("$MEASURE" memory "$small" $scale)
floor=$(of "$memory" floor) document=$(of "$memory" document) check=$(of "$memory" check)
scanned=$(of "$memory" "read and scan") release1=$(of "$memory" "release 1")
release2=$(of "$memory" "release 2") release6=$(of "$memory" "release 6") bytes=$(of "$memory" bytes)

echo "as a process" >&2
one_dry=$(release 1 "$small" 1 --audience FVEY --dry-run)
two_dry=$(release 1 "$small" 2 --audience FVEY --dry-run)
files=$(release 1 "$small" 2 --audience FVEY)
mkdir -p "$work/sides"
mv "$work/low" "$work/high" "$work/sides"
loop=$("$MEASURE" write "$work/sides" "$work/copy" 2)
rm -rf "$work/sides" "$work/copy"
megabytes=$(release 1 "$few" 2 --audience FVEY)
start=$(run 20 "$TEARLINE" --version)
first=$(release 20 "$one" 1 --audience FVEY --dry-run)
checked=$(run 1 "$TEARLINE" check "$small" --jobs 1 --fail-on never)
echo "one report of $huge MB" >&2
huge_run=$(release 1 "$huge_folder" 2 --audience FVEY)
floor_of() { # FOLDER: seconds of the floor over as many bytes
  local size
  size=$(find "$1" -type f -printf '%s\n' | awk '{ sum += $1 } END { print sum }')
  awk "BEGIN { print $floor * $size / $bytes }"
}

echo
echo "Floor: pulldown-cmark over the same text, one thread, $(calc "$bytes / $floor / 1000000") MB/s. Corpus: $((200 * scale)) reports of 3 KB from $text."
echo
row "what" "measured" "first step" "goal"
row "---" "---" "---" "---"
row "parse and visible text, x floor" "$(calc "$floor / $document")" "" ""
row "scan of visible text, x floor" "$(calc "$floor / ($scanned - $document)")" 0.25 0.50
row "check in memory, x floor" "$(calc "$floor / $check")" 0.18 0.35
row "release with records in memory, x floor" "$(calc "$floor / $release1")" 0.09 0.18
row "two audiences against one, time" "$(calc "$release2 / $release1")" "" ""
row "six audiences against one, time" "$(calc "$release6 / $release1")" 2.0 1.5
row "two threads against one, speed" "$(calc "$(field 1 "$one_dry") / $(field 1 "$two_dry")")" 1.5 1.85
row "many reports of 3 KB to files, against the longer of dry run and bare write loop" "$(calc "$(field 1 "$files") / ($(field 1 "$two_dry") > $loop ? $(field 1 "$two_dry") : $loop)")" 1.3 1.1
row "bare write loop against the dry run, time" "$(calc "$loop / $(field 1 "$two_dry")")" "" ""
row "check as a process, processor time, x floor" "$(calc "$floor / $(field 3 "$checked")")" "" ""
row "release of many reports of 3 KB as a process, processor time, x floor" "$(calc "$floor / $(field 3 "$files")")" "" ""
row "release of few reports of 1 MB, processor time, x floor" "$(calc "$(floor_of "$few") / $(field 3 "$megabytes")")" "" ""
row "release of one report of $huge MB, processor time, x floor" "$(calc "$(floor_of "$huge_folder") / $(field 3 "$huge_run")")" "" ""
row "start: --version, ms" "$(calc "$(field 1 "$start") * 1000")" "" ""
row "one 3 KB report as a process, ms" "$(calc "$(field 1 "$first") * 1000")" 30 12
row "memory, 3 KB reports, one thread, MB" "$(calc "$(field 2 "$one_dry") / 1024")" "" ""
row "memory, 3 KB reports, two threads, MB" "$(calc "$(field 2 "$files") / 1024")" 200 120
row "memory, 1 MB reports, two threads, MB" "$(calc "$(field 2 "$megabytes") / 1024")" "" ""
row "memory, one report of $huge MB, MB" "$(calc "$(field 2 "$huge_run") / 1024")" "" ""
