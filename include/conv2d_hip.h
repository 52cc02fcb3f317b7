/* conv2d_hip.h: the memory table of a subject whose tensors are in HIP's memory.
   Include it in the one source that defines the subject, give its descriptor
   `.memory = &conv2d_hip_memory`, and launch in conv2d_hip_stream (). Without --threads that is the
   default stream. All that conv2d_cuda.h says holds, but for guards: there are none, so what is
   read beside a tensor shows in the result. It compiles as C11, C17 and C++17. It needs HIP 4. */

#ifndef CONV2D_HIP_H
#define CONV2D_HIP_H

#if defined __HIP__
#include <hip/hip_runtime.h>
#else
#include <hip/hip_runtime_api.h>
#endif

#include "conv2d_abi.h"

#define CONV2D_GPU(name) hip##name
#define CONV2D_GPU_DEVICE kDLROCM
#define CONV2D_GPU_RUNTIME "HIP"

enum { conv2d_gpu_guarded = 0, CONV2D_HIP_GRANULARITY = 256 };

static size_t conv2d_gpu_open (int device) {
  (void) device;
  return CONV2D_HIP_GRANULARITY;
}

static void *conv2d_gpu_map (size_t bytes) {
  (void) bytes;
  return NULL;
}

static int32_t conv2d_gpu_unmap (void *address, size_t bytes) {
  (void) address, (void) bytes;
  return CONV2D_FAILED;
}

#include "conv2d_gpu.h"

#define conv2d_hip_memory conv2d_gpu_memory

/* The stream of the calling thread. */
static inline hipStream_t conv2d_hip_stream (void) {
  return conv2d_gpu_own;
}

#endif
