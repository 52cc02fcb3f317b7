#!/bin/sh
# nvcc.sh: prints the path of nvcc: NVCC's, the shell's, that of /usr/local/cuda, or that of `make deps-cuda`. Prints
# nothing where there is none.

adapters=$(cd "$(dirname "$0")/.." && pwd)
for nvcc in "${NVCC:-}" "$(command -v nvcc)" /usr/local/cuda/bin/nvcc "$adapters"/installed/cuda/lib/python*/site-packages/nvidia/cu*/bin/nvcc; do
  [ -x "$nvcc" ] && echo "$nvcc" && break
done
