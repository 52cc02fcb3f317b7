/* conv2d_gpu.h: what conv2d_cuda.h and conv2d_hip.h share. Include one of those.
   The two runtimes have the same functions under two prefixes. Who includes this file defines
     CONV2D_GPU (name)             a function or constant of the runtime: cudaMalloc
     CONV2D_GPU_DEVICE             the DLDeviceType
     CONV2D_GPU_RUNTIME            its name in messages
     conv2d_gpu_open (device)      looks at what the device offers; bytes of the granularity
     conv2d_gpu_map (bytes), conv2d_gpu_unmap (address, bytes)
                                   memory with guards on both sides, where conv2d_gpu_guarded
   Only a process that is ended gets rid of an error that lasts, such as an illegal address. The
   runtimes promise no more, whatever their functions for a reset do. */

#ifndef CONV2D_GPU_H
#define CONV2D_GPU_H

#include "conv2d_abi.h"

#include <stdio.h>
#include <stdlib.h>

#ifdef __cplusplus
#define CONV2D_GPU_THREAD thread_local
#else
#define CONV2D_GPU_THREAD _Thread_local
#endif

enum { CONV2D_GPU_STREAMS = 65, CONV2D_GPU_FILL = 1 << 18 };

typedef CONV2D_GPU(Error_t) conv2d_gpu_error;
typedef CONV2D_GPU(Stream_t) conv2d_gpu_stream;

/* What has been allocated. */
typedef struct conv2d_gpu_block {
  struct conv2d_gpu_block *next;
  void *address;
  size_t bytes;
} conv2d_gpu_block;

static int conv2d_gpu_number; /* of the device that was chosen */
static conv2d_gpu_block *conv2d_gpu_blocks;
static char conv2d_gpu_lock;
static conv2d_gpu_stream conv2d_gpu_streams[CONV2D_GPU_STREAMS];
static CONV2D_GPU_THREAD conv2d_gpu_stream conv2d_gpu_own; /* the default stream at first */

static int32_t conv2d_gpu_status (conv2d_gpu_error e) {
  return e == CONV2D_GPU(Success) ? CONV2D_OK : CONV2D_FAILED;
}

/* ---- memory */

static void conv2d_gpu_enter (void) {
  while (__atomic_test_and_set(&conv2d_gpu_lock, __ATOMIC_ACQUIRE))
    ;
}

static void conv2d_gpu_leave (void) {
  __atomic_clear(&conv2d_gpu_lock, __ATOMIC_RELEASE);
}

static void *conv2d_gpu_take (size_t bytes) {
  void *p = NULL;
  if (conv2d_gpu_guarded)
    return conv2d_gpu_map(bytes);
  return CONV2D_GPU(Malloc)(&p, bytes) == CONV2D_GPU(Success) ? p : NULL;
}

static int32_t conv2d_gpu_give (void *address, size_t bytes) {
  if (conv2d_gpu_guarded)
    return conv2d_gpu_unmap(address, bytes);
  return conv2d_gpu_status(CONV2D_GPU(Free)(address));
}

static void *conv2d_gpu_allocate (size_t bytes) {
  conv2d_gpu_block *b = (conv2d_gpu_block *) malloc(sizeof *b);
  void *address = b ? conv2d_gpu_take(bytes) : NULL;
  if (!address) {
    (void) CONV2D_GPU(GetLastError)(); /* that there is none is an answer */
    free(b);
    return NULL;
  }
  b->address = address;
  b->bytes = bytes;
  conv2d_gpu_enter();
  b->next = conv2d_gpu_blocks;
  conv2d_gpu_blocks = b;
  conv2d_gpu_leave();
  return address;
}

/* Takes a block off the list: that of the address, or any if that is NULL. */
static conv2d_gpu_block *conv2d_gpu_drop (const void *address) {
  conv2d_gpu_enter();
  conv2d_gpu_block **at = &conv2d_gpu_blocks;
  while (*at && address && (*at)->address != address)
    at = &(*at)->next;
  conv2d_gpu_block *b = *at;
  if (b)
    *at = b->next;
  conv2d_gpu_leave();
  return b;
}

static int32_t conv2d_gpu_release (void *memory) {
  conv2d_gpu_block *b = memory ? conv2d_gpu_drop(memory) : NULL;
  const int32_t status = b ? conv2d_gpu_give(b->address, b->bytes) : (int32_t) CONV2D_FAILED;
  free(b);
  return status;
}

/* ---- moving bytes */

static int32_t conv2d_gpu_copy (void *memory, size_t offset, void *host, size_t bytes,
                                int32_t direction) {
  char *p = (char *) memory + offset;
  return conv2d_gpu_status(
      direction == CONV2D_TO_HOST
          ? CONV2D_GPU(MemcpyAsync)(host, p, bytes, CONV2D_GPU(MemcpyDeviceToHost), conv2d_gpu_own)
          : CONV2D_GPU(MemcpyAsync)(p, host, bytes, CONV2D_GPU(MemcpyHostToDevice),
                                    conv2d_gpu_own));
}

/* The runtime lays bytes only, so a piece of words is copied over and over. */
static int32_t conv2d_gpu_fill (void *memory, size_t offset, uint32_t word, size_t bytes) {
  const size_t most = bytes < CONV2D_GPU_FILL ? bytes : (size_t) CONV2D_GPU_FILL;
  uint32_t *words = (uint32_t *) malloc(most);
  int32_t status = words ? CONV2D_OK : CONV2D_FAILED;
  for (size_t i = 0; words && i < most / sizeof *words; i++)
    words[i] = word;
  for (size_t at = 0; at < bytes && status == CONV2D_OK; at += most)
    status = conv2d_gpu_copy(memory, offset + at, words, bytes - at < most ? bytes - at : most,
                             CONV2D_TO_DEVICE);
  if (status == CONV2D_OK)
    status = conv2d_gpu_status(CONV2D_GPU(StreamSynchronize)(conv2d_gpu_own));
  free(words);
  return status;
}

/* ---- errors */

/* Besides what the device says: what a launch that nobody has checked has left. */
static const char *conv2d_gpu_synchronize (int32_t everything) {
  static CONV2D_GPU_THREAD char words[160];
  conv2d_gpu_error e =
      everything ? CONV2D_GPU(DeviceSynchronize)() : CONV2D_GPU(StreamSynchronize)(conv2d_gpu_own);
  const conv2d_gpu_error left = CONV2D_GPU(GetLastError)();
  if (e == CONV2D_GPU(Success))
    e = left;
  if (e == CONV2D_GPU(Success))
    return NULL;
  snprintf(words, sizeof words, CONV2D_GPU_RUNTIME ": %s (%s)", CONV2D_GPU(GetErrorString)(e),
           CONV2D_GPU(GetErrorName)(e));
  return words;
}

static int32_t conv2d_gpu_reset (void) {
  conv2d_gpu_block *b;
  if (CONV2D_GPU(DeviceSynchronize)() != CONV2D_GPU(Success))
    return CONV2D_FAILED;
  while ((b = conv2d_gpu_drop(NULL)) != NULL) {
    (void) conv2d_gpu_give(b->address, b->bytes);
    free(b);
  }
  return conv2d_gpu_status(CONV2D_GPU(GetLastError)());
}

/* ---- devices and streams */

/* The number of the device is a thread's own matter, too. */
static int32_t conv2d_gpu_join (int32_t number) {
  conv2d_gpu_error e = CONV2D_GPU(SetDevice)(conv2d_gpu_number);
  if (number < 0 || number >= CONV2D_GPU_STREAMS)
    return CONV2D_FAILED;
  if (e == CONV2D_GPU(Success) && number > 0 && !conv2d_gpu_streams[number])
    e = CONV2D_GPU(StreamCreate)(&conv2d_gpu_streams[number]);
  conv2d_gpu_own = conv2d_gpu_streams[number];
  return conv2d_gpu_status(e);
}

static int32_t conv2d_gpu_choose (DLDevice device);

/* What cudaMalloc gives begins at a multiple of 256 bytes. */
static conv2d_memory conv2d_gpu_memory = { sizeof(conv2d_memory),    0,
                                           { CONV2D_GPU_DEVICE, 0 }, 256,
                                           conv2d_gpu_choose,        conv2d_gpu_allocate,
                                           conv2d_gpu_release,       conv2d_gpu_copy,
                                           conv2d_gpu_fill,          conv2d_gpu_synchronize,
                                           conv2d_gpu_reset,         conv2d_gpu_join };

static int32_t conv2d_gpu_choose (DLDevice device) {
  int count = 0;
  if (device.device_type != CONV2D_GPU_DEVICE
      || CONV2D_GPU(GetDeviceCount)(&count) != CONV2D_GPU(Success) || device.device_id >= count)
    return CONV2D_UNSUPPORTED;
  conv2d_gpu_number = device.device_id;
  if (conv2d_gpu_join(0) != CONV2D_OK || CONV2D_GPU(Free)(NULL) != CONV2D_GPU(Success))
    return CONV2D_FAILED;
  conv2d_gpu_memory.granularity = conv2d_gpu_open(device.device_id);
  conv2d_gpu_memory.features = conv2d_gpu_guarded ? CONV2D_MEMORY_GUARDED : 0;
  return CONV2D_OK;
}

#endif
