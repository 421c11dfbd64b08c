#!/usr/bin/env bash
# Brings other people's ledger tools for tests/outside into .tools/, without installing anything and without touching
# the system's package sources. A tool that cannot be had is named, its tests are skipped, and the exit status stays 0.
#
#   litetlog   Debian 13   spicy, checks one leaf by its .spicy file
#   torchwood  Debian sid  a newer spicy, and litewitness, which cosigns checkpoints
#   cosign     Debian sid  Sigstore's command line
#
# The versions of sid move; what was run is in docs/outside-verifiers.md.
#
# How: a copy of the system's own Debian source with another suite's name in it, read by an apt that keeps its lists
# and cache in a temporary folder. apt checks the archive's signatures as always.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
TOOLS="$PWD/.tools"
SOURCE=/etc/apt/sources.list.d/debian.sources
SECONDS_MAX=90

missing() { echo "outside-tools: no $1 ($2); its tests are skipped"; }

# The first stanza of the system's source, for suite $1, main only.
source_for() { sed -e '/^#/d' -e '/^$/q' "$SOURCE" | sed -e "s/^Suites:.*/Suites: $1/" -e "s/^Components:.*/Components: main/"; }

# apt on its own lists and cache, in folder $1.
apt_in() {
  local folder=$1
  shift
  timeout "$SECONDS_MAX" apt-get -qq -o APT::Sandbox::User=root -o Dir::Etc::sourcelist=/dev/null \
    -o Dir::Etc::sourceparts="$folder/parts" -o Dir::State::lists="$folder/lists" -o Dir::Cache="$folder/cache" "$@"
}

# bring SUITE PACKAGE PROGRAM: unpacks the package into .tools/PACKAGE where PROGRAM must be among its files.
bring() {
  local suite=$1 package=$2 program=$3 folder
  if [ -x "$TOOLS/$package/usr/bin/$program" ]; then return; fi
  if [ ! -r "$SOURCE" ] || ! command -v apt-get >/dev/null || ! command -v dpkg-deb >/dev/null; then
    missing "$package" "needs a Debian with $SOURCE, apt-get and dpkg-deb"
    return
  fi
  folder=$(mktemp -d "$TOOLS/.part-XXXXXX")
  mkdir -p "$folder/parts" "$folder/lists/partial" "$folder/cache/archives/partial"
  source_for "$suite" >"$folder/parts/debian.sources"
  (
    cd "$folder" && apt_in "$folder" update && apt_in "$folder" download "$package" && dpkg-deb -x ./*.deb out
  ) >"$folder/said" 2>&1
  # Moved in one step: a half unpacked tool is never found.
  if [ -x "$folder/out/usr/bin/$program" ]; then
    rm -rf "${TOOLS:?}/$package"
    mv "$folder/out" "$TOOLS/$package"
    dpkg-deb -f "$folder"/*.deb Version >"$TOOLS/$package/version"
    echo "outside-tools: $package $(cat "$TOOLS/$package/version") from Debian $suite"
  else
    missing "$package" "$(tail -n 1 "$folder/said")"
  fi
  rm -rf "$folder"
}

mkdir -p "$TOOLS"
rm -rf "$TOOLS"/.part-*
bring trixie litetlog spicy-litetlog
bring sid torchwood litewitness
bring sid cosign cosign
exit 0
