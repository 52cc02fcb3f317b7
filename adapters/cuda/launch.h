/* launch.h: starting a kernel in the stream of the calling thread.
   Where nvcc compiles, that is CUDA's. A compiler of the host takes the same text for the pretend
   CUDA of tests/sandbox/device/cuda, which runs kernels there. */

#ifndef CUDA_LAUNCH_H
#define CUDA_LAUNCH_H

#include "conv2d_cuda.h"

template <typename... A, typename... B>
inline void launch (void (*kernel)(A...), dim3 grid, dim3 block, B... arguments) {
#ifdef __CUDACC__
  kernel<<<grid, block, 0, conv2d_cuda_stream()>>>(arguments...);
#else
  pretend_launch(kernel, grid, block, conv2d_cuda_stream(), arguments...);
#endif
}

#endif
