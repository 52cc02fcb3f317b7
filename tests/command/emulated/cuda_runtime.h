/* cuda_runtime.h: as much of the CUDA runtime as the adapter of `new adapter --cuda` calls, on the
   host: the threads of a launch run one after the other. new.t turns `kernel<<<blocks, threads>>>
   (...)` into LAUNCH. */

#ifndef EMULATED_CUDA_RUNTIME_H
#define EMULATED_CUDA_RUNTIME_H

#include <cstdlib>
#include <cstring>

#define __global__

struct place {
  unsigned x;
};
inline place blockIdx, blockDim, threadIdx;

#define LAUNCH(kernel, blocks, threads, ...)                                                       \
  for (blockDim.x = threads, blockIdx.x = 0; blockIdx.x < blocks; blockIdx.x++)                    \
    for (threadIdx.x = 0; threadIdx.x < threads; threadIdx.x++)                                    \
  kernel(__VA_ARGS__)

enum cudaError_t { cudaSuccess, cudaErrorMemoryAllocation };
enum cudaMemcpyKind { cudaMemcpyHostToDevice, cudaMemcpyDeviceToHost };

inline cudaError_t cudaMalloc (void **to, size_t bytes) {
  *to = std::malloc(bytes + 1);
  return *to != nullptr ? cudaSuccess : cudaErrorMemoryAllocation;
}

inline void cudaFree (void *data) {
  std::free(data);
}

inline void cudaMemcpy (void *to, const void *from, size_t bytes, cudaMemcpyKind) {
  if (bytes > 0)
    std::memcpy(to, from, bytes);
}

inline void cudaMemset (void *data, int value, size_t bytes) {
  std::memset(data, value, bytes);
}

inline cudaError_t cudaDeviceSynchronize () {
  return cudaSuccess;
}

inline cudaError_t cudaGetLastError () {
  return cudaSuccess;
}

inline const char *cudaGetErrorString (cudaError_t) {
  return "no error";
}

#endif
