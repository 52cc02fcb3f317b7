/* conv2d_cuda.h: the memory table of a subject whose tensors are in CUDA's memory.
   Include it in the one source that defines the subject, give its descriptor
   `.memory = &conv2d_cuda_memory`, and launch in conv2d_cuda_stream (). Without --threads that is
   the default stream, so `kernel<<<blocks, threads>>>` is right, too. The streams of --threads are
   ordered with the default stream as CUDA says. A stream that the subject makes with
   cudaStreamNonBlocking is not waited for: what runs there must have ended when the call returns.
   Where the driver manages virtual memory, each tensor lies against addresses that nothing is
   mapped to, and a step too far is an error of the call. Nobody need check a launch: what
   cudaGetLastError says after a call is charged to it.
   It compiles as C11, C17 and C++17, with nvcc or the compiler of the host; it needs CUDA 11 and
   links the runtime only. The driver's library is opened by name. */

#ifndef CONV2D_CUDA_H
#define CONV2D_CUDA_H

#include <cuda.h>
#include <cuda_runtime.h>
#include <dlfcn.h>
#include <string.h>

#include "conv2d_abi.h"

#define CONV2D_GPU(name) cuda##name
#define CONV2D_GPU_DEVICE kDLCUDA
#define CONV2D_GPU_RUNTIME "CUDA"

/* ---- exact guards: a piece of memory mapped in the middle of addresses that stay empty */

/* The driver's functions; NULL where it has none. */
typedef struct conv2d_cuda_driver {
  CUresult (*cuDeviceGetAttribute)(int *value, CUdevice_attribute attribute, CUdevice device);
  CUresult (*cuMemGetAllocationGranularity)(size_t *bytes, const CUmemAllocationProp *prop,
                                            CUmemAllocationGranularity_flags which);
  CUresult (*cuMemAddressReserve)(CUdeviceptr *at, size_t bytes, size_t align, CUdeviceptr hint,
                                  unsigned long long flags);
  CUresult (*cuMemAddressFree)(CUdeviceptr at, size_t bytes);
  CUresult (*cuMemCreate)(CUmemGenericAllocationHandle *handle, size_t bytes,
                          const CUmemAllocationProp *prop, unsigned long long flags);
  CUresult (*cuMemRelease)(CUmemGenericAllocationHandle handle);
  CUresult (*cuMemMap)(CUdeviceptr at, size_t bytes, size_t offset,
                       CUmemGenericAllocationHandle handle, unsigned long long flags);
  CUresult (*cuMemUnmap)(CUdeviceptr at, size_t bytes);
  CUresult (*cuMemSetAccess)(CUdeviceptr at, size_t bytes, const CUmemAccessDesc *list,
                             size_t count);
} conv2d_cuda_driver;

static conv2d_cuda_driver conv2d_cuda_drive;
static CUmemAllocationProp conv2d_cuda_prop; /* memory of the device */
static size_t conv2d_cuda_gap;               /* bytes of a guard */
static int conv2d_gpu_guarded;

static int conv2d_cuda_load (void) {
  static const char *const names[] = { "cuDeviceGetAttribute",
                                       "cuMemGetAllocationGranularity",
                                       "cuMemAddressReserve",
                                       "cuMemAddressFree",
                                       "cuMemCreate",
                                       "cuMemRelease",
                                       "cuMemMap",
                                       "cuMemUnmap",
                                       "cuMemSetAccess" };
  void *library = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
  void *found[sizeof names / sizeof *names];
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    found[i] = library ? dlsym(library, names[i]) : NULL;
    if (!found[i])
      return 0;
  }
  memcpy(&conv2d_cuda_drive, found, sizeof found);
  return 1;
}

/* The granularity of allocations; guards are had where the driver has what they need. */
static size_t conv2d_gpu_open (int device) {
  const size_t plain = 256;
  int able = 0;
  conv2d_gpu_guarded = 0;
  if (!conv2d_cuda_load()
      || conv2d_cuda_drive.cuDeviceGetAttribute(
          &able, CU_DEVICE_ATTRIBUTE_VIRTUAL_ADDRESS_MANAGEMENT_SUPPORTED, device)
      || !able)
    return plain;
  memset(&conv2d_cuda_prop, 0, sizeof conv2d_cuda_prop);
  conv2d_cuda_prop.type = CU_MEM_ALLOCATION_TYPE_PINNED;
  conv2d_cuda_prop.location.type = CU_MEM_LOCATION_TYPE_DEVICE;
  conv2d_cuda_prop.location.id = device;
  if (conv2d_cuda_drive.cuMemGetAllocationGranularity(&conv2d_cuda_gap, &conv2d_cuda_prop,
                                                      CU_MEM_ALLOC_GRANULARITY_MINIMUM))
    return plain;
  conv2d_gpu_guarded = 1;
  return conv2d_cuda_gap;
}

/* Maps fresh memory at reserved addresses. The mapping keeps it when the handle is released. */
static int conv2d_cuda_fill_in (CUdeviceptr at, size_t bytes) {
  CUmemGenericAllocationHandle handle;
  CUmemAccessDesc access;
  memset(&access, 0, sizeof access);
  access.location = conv2d_cuda_prop.location;
  access.flags = CU_MEM_ACCESS_FLAGS_PROT_READWRITE;
  if (conv2d_cuda_drive.cuMemCreate(&handle, bytes, &conv2d_cuda_prop, 0))
    return 0;
  const CUresult mapped = conv2d_cuda_drive.cuMemMap(at, bytes, 0, handle, 0);
  conv2d_cuda_drive.cuMemRelease(handle);
  if (mapped)
    return 0;
  if (!conv2d_cuda_drive.cuMemSetAccess(at, bytes, &access, 1))
    return 1;
  conv2d_cuda_drive.cuMemUnmap(at, bytes);
  return 0;
}

static void *conv2d_gpu_map (size_t bytes) {
  CUdeviceptr at = 0;
  const size_t all = bytes + 2 * conv2d_cuda_gap;
  if (conv2d_cuda_drive.cuMemAddressReserve(&at, all, conv2d_cuda_gap, 0, 0))
    return NULL;
  if (conv2d_cuda_fill_in(at + conv2d_cuda_gap, bytes))
    return (void *) (uintptr_t) (at + conv2d_cuda_gap);
  conv2d_cuda_drive.cuMemAddressFree(at, all);
  return NULL;
}

/* Unlike cudaFree, the driver does not wait for kernels that may still use it. */
static int32_t conv2d_gpu_unmap (void *address, size_t bytes) {
  const CUdeviceptr at = (CUdeviceptr) (uintptr_t) address;
  if (cudaDeviceSynchronize() != cudaSuccess || conv2d_cuda_drive.cuMemUnmap(at, bytes))
    return CONV2D_FAILED;
  return conv2d_cuda_drive.cuMemAddressFree(at - conv2d_cuda_gap, bytes + 2 * conv2d_cuda_gap)
             ? CONV2D_FAILED
             : CONV2D_OK;
}

#include "conv2d_gpu.h"

#define conv2d_cuda_memory conv2d_gpu_memory

/* The stream of the calling thread. */
static inline cudaStream_t conv2d_cuda_stream (void) {
  return conv2d_gpu_own;
}

#endif
