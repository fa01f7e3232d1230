#!/usr/bin/env bash
# Applies each mutation to a copy of the tree, builds it, and runs the check that is to end it.
#
#   tests/mutations/run.sh [--all] [--table] [WORD...]
#
# WORDs keep the mutations whose names have one of them; --all runs the whole suite instead of the
# check; --table prints the lines of docs/reliability.md and runs nothing. The copy and its build
# stay in $CDX_MUTATIONS (else a folder for temporary files), so that the next one builds little.
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
work=${CDX_MUTATIONS:-${TMPDIR:-/tmp}/cdx-mutations}
tree=$work/tree
export CARGO_TARGET_DIR=$work/target CARGO_PROFILE_DEV_DEBUG=0 INSTA_UPDATE=no INSTA_FORCE_PASS=0
all=no table=no words=()
for word in "$@"; do
    case $word in
    --all) all=yes ;;
    --table) table=yes ;;
    *) words+=("$word") ;;
    esac
done

said() { sed -n "s/^# $2: //p" "$1"; }

wanted() {
    [ ${#words[@]} -eq 0 ] && return 0
    local word
    for word in "${words[@]}"; do
        case $(basename "$1") in *"$word"*) return 0 ;; esac
    done
    return 1
}

patches=()
for patch in "$root"/tests/mutations/*.patch; do
    if wanted "$patch"; then patches+=("$patch"); fi
done

if [ $table = yes ]; then
    for patch in "${patches[@]}"; do
        file=$(sed -n 's,^--- a/,,p' "$patch")
        echo "| $(basename "$patch" .patch) | \`$file\` | $(said "$patch" what) | \`$(said "$patch" check)\` |"
    done
    exit 0
fi

# The checks of the command line run the program that was built, so their own binary is built once.
run() {
    local check=$1
    if [ $all = yes ]; then
        cargo test --locked
    elif [[ $check == *"--test cli "* ]]; then
        cargo build --locked && "$work/cli" "${check##*--test cli }"
    else
        $check
    fi
}

mkdir -p "$tree"
(cd "$root" && git ls-files -coz --exclude-standard | tar --null --ignore-failed-read -T - -cf -) |
    tar -xf - -C "$tree"
cd "$tree"
cargo test --locked --test cli --no-run 2>&1 | sed -n 's/.*(\(.*\))$/\1/p' | tail -1 >"$work/name"
cp "$(cat "$work/name")" "$work/cli"

# A check that fails without a mutation proves nothing.
for patch in "${patches[@]}"; do said "$patch" check; done | sort -u | while read -r check; do
    if ! run "$check" >"$work/log" 2>&1 </dev/null; then
        echo "fails without a mutation: $check (see $work/log)"
        touch "$work/broken"
    fi
done
if [ -e "$work/broken" ]; then
    rm "$work/broken"
    exit 2
fi

killed=0 survived=0
for patch in "${patches[@]}"; do
    name=$(basename "$patch" .patch)
    check=$(said "$patch" check)
    file=$(sed -n 's,^--- a/,,p' "$patch")
    cp "$file" "$work/kept"
    patch -s -p1 <"$patch"
    if ! cargo build --locked >"$work/log" 2>&1; then
        echo "does not build: $name"
        survived=$((survived + 1))
    elif run "$check" >"$work/log" 2>&1 </dev/null; then
        echo "survived: $name ($check)"
        survived=$((survived + 1))
    else
        first=$(sed -n 's/^test \(.*\) \.\.\. FAILED$/\1/p' "$work/log" | head -1)
        echo "killed: $name by $first"
        killed=$((killed + 1))
    fi
    # Written again, not moved back: its time must be newer than what was built of the mutation.
    cat "$work/kept" >"$file"
done
cargo build --locked >"$work/log" 2>&1
echo "$killed killed, $survived survived"
[ $survived -eq 0 ]
