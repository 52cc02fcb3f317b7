#!/bin/sh
# install.sh FOLDER: builds the libraries in Rust as subjects into the folder. Each is built by itself, so that one for
# which the compiler is too old leaves the others.

# Library and the oldest compiler that it and what it requires can be built with.
needs='candle 1.89
tract 1.91
burn 1.95'

if ! command -v cargo >/dev/null; then
  echo 'cargo is missing: no subjects in Rust'
  exit 0
fi
mkdir -p "$1"
to=$(realpath "$1")
cd "$(dirname "$0")" || exit 1
have=$(cargo --version | cut -d ' ' -f 2)

# old VERSION: whether the compiler is older.
old () {
  [ "$(printf '%s\n' "$1" "$have" | sort -V | head -n 1)" != "$1" ]
}

# The lock file in the tree lacks the lines that name the registry: they come from the lock file that cargo makes for the door.
lock () {
  cargo generate-lockfile -q --manifest-path ../Cargo.toml &&
    awk 'NR == FNR { if (/^source = /) source = $0; next } /^checksum = / { print source } { print }' ../Cargo.lock crates.lock >Cargo.lock
}

locked=
echo "$needs" | while read -r library oldest; do
  if old "$oldest"; then
    echo "cargo $have is older than $oldest: no $library"
    continue
  fi
  [ "$locked" ] || lock || exit 1
  locked=1
  CARGO_TARGET_DIR=../target cargo build -q --release --locked --features "$library" --bin "$library" </dev/null &&
    cp "../target/release/$library" "$to/" || exit 1
done
