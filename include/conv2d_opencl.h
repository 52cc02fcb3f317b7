/* conv2d_opencl.h: the memory table of a subject whose tensors are in OpenCL buffers.
   Include it in the one source that defines the subject, give its descriptor
   `.memory = &conv2d_opencl_memory`, and enqueue on conv2d_opencl_queue (). DLTensor.data is then a
   cl_mem, and DLTensor.byte_offset leads to the element with all indices 0. "opencl:1" is the
   second device, counted through all platforms in the order of clGetPlatformIDs.
   A queue that the subject makes itself is not waited for: what runs there must have ended when the
   call returns. It compiles as C11, C17 and C++17 and needs OpenCL 1.2. */

#ifndef CONV2D_OPENCL_H
#define CONV2D_OPENCL_H

#include "conv2d_abi.h"

#ifndef CL_TARGET_OPENCL_VERSION
#define CL_TARGET_OPENCL_VERSION 120
#endif
#include <CL/cl.h>
#include <stdio.h>

#ifdef __cplusplus
#define CONV2D_OPENCL_THREAD thread_local
#else
#define CONV2D_OPENCL_THREAD _Thread_local
#endif

enum { CONV2D_OPENCL_STREAMS = 65, CONV2D_OPENCL_PLATFORMS = 16, CONV2D_OPENCL_DEVICES = 64 };

/* The device that was chosen, a context of it, and a queue for each stream. */
static cl_device_id conv2d_opencl_device;
static cl_context conv2d_opencl_context;
static cl_command_queue conv2d_opencl_queues[CONV2D_OPENCL_STREAMS];
static CONV2D_OPENCL_THREAD int32_t conv2d_opencl_number;

/* The queue of the calling thread, in order. */
static inline cl_command_queue conv2d_opencl_queue (void) {
  return conv2d_opencl_queues[conv2d_opencl_number];
}

static inline int32_t conv2d_opencl_status (cl_int status) {
  return status == CL_SUCCESS ? CONV2D_OK : CONV2D_FAILED;
}

static cl_device_id conv2d_opencl_find (int32_t number) {
  cl_platform_id platform[CONV2D_OPENCL_PLATFORMS];
  cl_device_id device[CONV2D_OPENCL_DEVICES];
  cl_uint platforms = 0;
  if (clGetPlatformIDs(CONV2D_OPENCL_PLATFORMS, platform, &platforms) != CL_SUCCESS)
    return NULL;
  for (cl_uint i = 0; i < platforms && i < CONV2D_OPENCL_PLATFORMS; i++) {
    cl_uint devices = 0;
    if (clGetDeviceIDs(platform[i], CL_DEVICE_TYPE_ALL, CONV2D_OPENCL_DEVICES, device, &devices)
        != CL_SUCCESS)
      continue;
    if (number < (int32_t) devices)
      return device[number];
    number -= (int32_t) devices;
  }
  return NULL;
}

static int32_t conv2d_opencl_stream (int32_t number) {
  cl_int status = CL_SUCCESS;
  if (number < 0 || number >= CONV2D_OPENCL_STREAMS)
    return CONV2D_FAILED;
  conv2d_opencl_number = number;
  if (!conv2d_opencl_queues[number])
    conv2d_opencl_queues[number] =
        clCreateCommandQueue(conv2d_opencl_context, conv2d_opencl_device, 0, &status);
  return conv2d_opencl_status(status);
}

static int32_t conv2d_opencl_choose (DLDevice device) {
  cl_int status = CL_SUCCESS;
  if (device.device_type != kDLOpenCL)
    return CONV2D_UNSUPPORTED;
  conv2d_opencl_device = conv2d_opencl_find(device.device_id);
  if (!conv2d_opencl_device)
    return CONV2D_UNSUPPORTED;
  conv2d_opencl_context = clCreateContext(NULL, 1, &conv2d_opencl_device, NULL, NULL, &status);
  return status == CL_SUCCESS ? conv2d_opencl_stream(0) : CONV2D_FAILED;
}

static void *conv2d_opencl_allocate (size_t bytes) {
  return clCreateBuffer(conv2d_opencl_context, CL_MEM_READ_WRITE, bytes, NULL, NULL);
}

static int32_t conv2d_opencl_release (void *memory) {
  return conv2d_opencl_status(clReleaseMemObject((cl_mem) memory));
}

static int32_t conv2d_opencl_copy (void *memory, size_t offset, void *host, size_t bytes,
                                   int32_t direction) {
  cl_command_queue q = conv2d_opencl_queue();
  cl_mem m = (cl_mem) memory;
  return conv2d_opencl_status(
      direction == CONV2D_TO_HOST
          ? clEnqueueReadBuffer(q, m, CL_FALSE, offset, bytes, host, 0, NULL, NULL)
          : clEnqueueWriteBuffer(q, m, CL_FALSE, offset, bytes, host, 0, NULL, NULL));
}

static int32_t conv2d_opencl_fill (void *memory, size_t offset, uint32_t word, size_t bytes) {
  return conv2d_opencl_status(clEnqueueFillBuffer(conv2d_opencl_queue(), (cl_mem) memory, &word,
                                                  sizeof word, offset, bytes, 0, NULL, NULL));
}

static const char *conv2d_opencl_synchronize (int32_t everything) {
  static CONV2D_OPENCL_THREAD char words[80];
  cl_int status = clFinish(conv2d_opencl_queue());
  for (int i = 0; everything && status == CL_SUCCESS && i < CONV2D_OPENCL_STREAMS; i++)
    if (conv2d_opencl_queues[i])
      status = clFinish(conv2d_opencl_queues[i]);
  snprintf(words, sizeof words, "OpenCL error %d (CL/cl.h has its name)", (int) status);
  return status == CL_SUCCESS ? NULL : words;
}

/* A buffer begins at a multiple of 128 bytes at least: the largest type of OpenCL C has that. */
static const conv2d_memory conv2d_opencl_memory = { sizeof(conv2d_memory),
                                                    CONV2D_MEMORY_HANDLES,
                                                    { kDLOpenCL, 0 },
                                                    128,
                                                    conv2d_opencl_choose,
                                                    conv2d_opencl_allocate,
                                                    conv2d_opencl_release,
                                                    conv2d_opencl_copy,
                                                    conv2d_opencl_fill,
                                                    conv2d_opencl_synchronize,
                                                    NULL,
                                                    conv2d_opencl_stream };

#endif
