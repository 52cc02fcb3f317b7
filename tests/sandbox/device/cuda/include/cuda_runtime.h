/* cuda_runtime.h: as much of CUDA's runtime as our headers and adapters use, for a compiler of the
   host. A kernel is a function that the pretend runtime (../runtime.cpp) calls for each thread of
   each block, with the device's memory open for that time. Numbers are those of CUDA 12. */

#ifndef PRETEND_CUDA_RUNTIME_H
#define PRETEND_CUDA_RUNTIME_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define PRETEND_API extern "C"
#else
#define PRETEND_API
#endif

typedef enum cudaError {
  cudaSuccess = 0,
  cudaErrorInvalidValue = 1,
  cudaErrorMemoryAllocation = 2,
  cudaErrorInvalidConfiguration = 9,
  cudaErrorInvalidDevice = 101,
  cudaErrorIllegalAddress = 700
} cudaError_t;

enum cudaMemcpyKind {
  cudaMemcpyHostToDevice = 1,
  cudaMemcpyDeviceToHost = 2,
  cudaMemcpyDeviceToDevice = 3
};
enum { cudaStreamDefault = 0, cudaStreamNonBlocking = 1 };

typedef struct CUstream_st *cudaStream_t;

PRETEND_API cudaError_t cudaGetDeviceCount (int *count);
PRETEND_API cudaError_t cudaSetDevice (int device);
PRETEND_API cudaError_t cudaMalloc (void **p, size_t bytes);
PRETEND_API cudaError_t cudaFree (void *p);
PRETEND_API cudaError_t cudaMemcpyAsync (void *to, const void *from, size_t bytes,
                                         enum cudaMemcpyKind kind, cudaStream_t stream);
PRETEND_API cudaError_t cudaStreamCreate (cudaStream_t *stream);
PRETEND_API cudaError_t cudaStreamCreateWithFlags (cudaStream_t *stream, unsigned flags);
PRETEND_API cudaError_t cudaStreamSynchronize (cudaStream_t stream);
PRETEND_API cudaError_t cudaDeviceSynchronize (void);
PRETEND_API cudaError_t cudaGetLastError (void);
PRETEND_API const char *cudaGetErrorString (cudaError_t e);
PRETEND_API const char *cudaGetErrorName (cudaError_t e);

#ifdef __cplusplus

#include <tuple>
#include <utility>

struct dim3 {
  unsigned x, y, z;
  dim3(unsigned a = 1, unsigned b = 1, unsigned c = 1) : x(a), y(b), z(c) {
  }
};

struct pretend_place {
  dim3 grid, block, block_index, thread;
};
extern thread_local pretend_place pretend_here;

#define __global__
#define __device__
#define __host__
#define __launch_bounds__(...)
#define __shared__ static thread_local
#define gridDim pretend_here.grid
#define blockDim pretend_here.block
#define blockIdx pretend_here.block_index
#define threadIdx pretend_here.thread

/* Returns once all threads of the block have come to it. */
extern "C" void pretend_barrier (void);
#define __syncthreads pretend_barrier

/* Puts a launch into the stream: `run` is called for each thread, and `drop` at the end. */
extern "C" void pretend_enqueue (dim3 grid, dim3 block, cudaStream_t stream, void (*run)(void *),
                                 void (*drop)(void *), void *arguments);

template <typename... A> struct pretend_call {
  void (*kernel)(A...);
  std::tuple<A...> arguments;
};

/* What kernel<<<grid, block, 0, stream>>>(...) is for nvcc. */
template <typename... A, typename... B>
void pretend_launch (void (*kernel)(A...), dim3 grid, dim3 block, cudaStream_t stream, B... given) {
  using call = pretend_call<A...>;
  pretend_enqueue(
      grid, block, stream,
      [] (void *p) {
        auto *c = static_cast<call *>(p);
        std::apply(c->kernel, c->arguments);
      },
      [] (void *p) { delete static_cast<call *>(p); },
      new call{ kernel, std::tuple<A...>(static_cast<A>(given)...) });
}

#endif
#endif
