#!/usr/bin/env bash
# Gets the archive of one version for the machine that this runs on, and refuses it where its sum is
# another. For action.yml; CDX_VERSION, CDX_FROM (an address), CDX_SHA256 (may be empty: then the
# SHA256SUMS beside the archive are asked), RUNNER_OS, RUNNER_ARCH and RUNNER_TEMP say what and where.
set -euo pipefail

refuse() {
    echo "::error title=cdx::$1"
    exit 1
}

case "$RUNNER_OS-$RUNNER_ARCH" in
    Linux-X64) target=x86_64-unknown-linux-musl ;;
    Linux-ARM64) target=aarch64-unknown-linux-musl ;;
    macOS-X64) target=x86_64-apple-darwin ;;
    macOS-ARM64) target=aarch64-apple-darwin ;;
    Windows-X64) target=x86_64-pc-windows-gnu ;;
    *) refuse "there is no archive for $RUNNER_OS on $RUNNER_ARCH" ;;
esac
[[ "$CDX_VERSION" =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] || refuse "not a version: \"$CDX_VERSION\""
folder="cdx-$CDX_VERSION-$target"
archive="$folder.tar.gz"
[[ "$RUNNER_OS" != Windows ]] || archive="$folder.zip"

place="$RUNNER_TEMP/cdx-$CDX_VERSION"
rm -rf "$place"
mkdir -p "$place"
cd "$place"
get() {
    curl --fail --silent --show-error --location --retry 3 --output "$1" \
        "${CDX_FROM%/}/v$CDX_VERSION/$1" || refuse "$1 cannot be had from $CDX_FROM"
}
get "$archive"

if command -v sha256sum > /dev/null; then
    found=$(sha256sum "$archive")
else
    found=$(shasum -a 256 "$archive")
fi
found=${found%% *}
found=${found#\\} # sha256sum on Windows begins a line with it where a name has a backslash
expected=${CDX_SHA256//[[:space:]]/}
if [[ -z "$expected" ]]; then
    get SHA256SUMS
    expected=$(awk -v name="$archive" '$2 == name { print $1 }' SHA256SUMS)
    [[ -n "$expected" ]] || refuse "SHA256SUMS does not have $archive"
fi
expected=$(tr '[:upper:]' '[:lower:]' <<< "$expected")
[[ "$found" == "$expected" ]] || refuse "$archive: expected SHA-256 $expected, found $found"

if [[ "$RUNNER_OS" == Windows ]]; then
    unzip -q "$archive"
else
    tar -xzf "$archive"
fi
path="$place/$folder"
[[ "$RUNNER_OS" != Windows ]] || path=$(cygpath -w "$path")
echo "$path" >> "$GITHUB_PATH"
echo "$archive: $found"
