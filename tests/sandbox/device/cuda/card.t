#!/bin/sh
# card.t: the script of `make check-cuda` (card.lua) on the pretend CUDA, with a few seconds for the tier quick.
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
bin=$PWD/tests/sandbox/device/cuda/bin
CONV2D_CUDA_SECONDS=${CONV2D_CUDA_SECONDS:-45} CONV2D_CUDA_PYTHON=false PATH="$bin:$PATH" LD_LIBRARY_PATH=build/pretend-cuda \
  build/conv2d-cts lua tests/sandbox/device/cuda/card.lua build/pretend-cuda "$folder"
