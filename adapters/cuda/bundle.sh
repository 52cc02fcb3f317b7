#!/bin/sh
# bundle.sh FOLDER: makes FOLDER what `make check-cuda` needs on a machine that has a card and nvcc, and nothing of
# packages.txt: this tree, the program with its libraries (in FOLDER/build and FOLDER/lib already), and check.sh, which
# builds the subjects there and runs the check. The machine's glibc must not be older than the one here.

set -e
folder=$1
mkdir -p "$folder/lib" "$folder/build/adapters"
git ls-files -z | xargs -0 cp --parents -t "$folder"
cp build/conv2d-worker "$folder/build"
cp build/adapters/pipe.so build/adapters/naive.so "$folder/build/adapters"

# DLPack's header, which conv2d_abi.h includes.
mkdir -p "$folder/include/dlpack"
echo '#include <dlpack/dlpack.h>' | "${CC:-gcc}" -M -x c - | tr ' ' '\n' | grep '/dlpack/dlpack.h$' | xargs cp -t "$folder/include/dlpack"

# What belongs to the C library or the compiler is the machine's own.
ldd "$folder/build/conv2d-cts" | awk '$3 ~ /^\// { print $3 }' | grep -v -E '/(lib(c|m|dl|pthread|rt|stdc\+\+|gcc_s))\.so' |
  xargs cp -L -t "$folder/lib"

cat >"$folder/check.sh" <<'END'
#!/bin/sh
# check.sh RESULTS [STEP or SUBJECT ...]: builds the CUDA subjects for the card that is here, and runs the check of `make check-cuda`.
results=$(realpath -m "$1")
shift
cd "$(dirname "$0")" || exit
[ -n "$CUDA_ARCHS" ] || CUDA_ARCHS=$(nvidia-smi --query-gpu=compute_cap --format=csv,noheader | head -n 1 | tr -d .)
make -k -s cuda CUDA_ARCHS="$CUDA_ARCHS" || echo '# not all subjects are built'
exec build/conv2d-cts lua tests/sandbox/device/cuda/card.lua build/cuda "$results" "$@"
END
chmod +x "$folder/check.sh"
