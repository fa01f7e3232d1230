#!/usr/bin/env bash
# Tries archives: `dist/try.sh FOLDER`. Each one is unpacked in an empty folder and told to tell the
# demo there; that of another processor by qemu, that of Windows by wine. What cannot be tried on this
# machine is said, and is no failure; an archive that fails is one.
set -euo pipefail
folder=$(cd "$1" && pwd)
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

# Runs a program in an empty folder: its version, the demo, a job, the doctor.
try() {
    local name=$1 told
    shift
    mkdir "$place/$name.work"
    cd "$place/$name.work"
    told=$("$@" --version)
    "$@" demo > demo.txt
    grep -q '^4\. ' demo.txt
    "$@" init store --customers 20 > /dev/null
    "$@" --env store run 1110 > /dev/null
    "$@" --env store doctor --fail-on warning > /dev/null
    echo "$name: $told, $(grep -c '^\$ cdx' demo.txt) commands of the demo, a job and the doctor"
    cd /
}

(cd "$folder" && sha256sum --check --quiet SHA256SUMS)
tried=0
for archive in "$folder"/cdx-*.tar.gz "$folder"/cdx-*.zip; do
    [[ -e "$archive" ]] || continue
    name=$(basename "$archive")
    name=${name%.tar.gz}
    name=${name%.zip}
    case "$archive" in
        *.zip) unzip -q "$archive" -d "$place" ;;
        *) tar -xzf "$archive" -C "$place" ;;
    esac
    for file in README.md LICENSE LICENSES.md CHANGELOG.md completions/cdx.bash man/cdx.1; do
        [[ -s "$place/$name/$file" ]] || { echo "$name: has no $file"; exit 1; }
    done
    runner=()
    case "$name" in
        *-x86_64-unknown-linux-musl | *-aarch64-unknown-linux-musl)
            # Its own list of shared libraries is empty: it runs where nothing else is.
            if readelf --dynamic "$place/$name/cdx" | grep NEEDED; then
                echo "$name: needs shared libraries"
                exit 1
            fi
            ;;&
        *-"$(uname -m)"-unknown-linux-*) ;;
        *-aarch64-unknown-linux-musl) runner=(qemu-aarch64-static) ;;
        *-windows-*)
            runner=(wine)
            # Rust takes randomness from a library of Windows 10 that wine before 9 does not have.
            if command -v x86_64-w64-mingw32-gcc > /dev/null; then
                printf '%s\n' '#include <windows.h>' 'BOOLEAN NTAPI SystemFunction036(PVOID, ULONG);' \
                    '__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T length)' \
                    '{ return SystemFunction036(data, (ULONG)length); }' > "$place/random.c"
                x86_64-w64-mingw32-gcc -shared -o "$place/$name/bcryptprimitives.dll" "$place/random.c" -ladvapi32
            fi
            ;;
        *) runner=(unknown) ;;
    esac
    if [[ ${#runner[@]} -gt 0 ]] && ! command -v "${runner[0]}" > /dev/null; then
        echo "$name: not tried, this machine has no ${runner[0]}"
        continue
    fi
    program=$(find "$place/$name" -maxdepth 1 -name 'cdx*' -type f)
    try "$name" ${runner[@]+"${runner[@]}"} "$program"
    tried=$((tried + 1))
done
[[ "$tried" -gt 0 ]] || { echo "nothing was tried"; exit 1; }
