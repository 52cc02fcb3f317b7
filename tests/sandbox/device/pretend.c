/* pretend.c: a device that needs no hardware, and a subject that computes on it.
   What `allocate` gives is a mapping without any access; only while a kernel runs, and only for the
   kernel, it can be touched. So whoever takes its pointers for the host's crashes. The device
   itself copies through a second mapping of the same pages.
   The kernels are those of the subject that CONV2D_PRETEND names. The name of this file says what
   is wrong with the device, or with what is run on it (deeds.c). */

#include "pretend.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { BLOCKS = 1024, PAGE = 4096 };

static block blocks[BLOCKS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int running; /* kernels at this moment */
static const conv2d_implementation *inner;
device_state pretend;

/* ---- memory */

/* A process that is forked has no device. */
static void *map (void *at, int file, size_t bytes, int protection) {
  void *p = mmap(at, bytes, protection, MAP_SHARED | (at ? MAP_FIXED : 0), file, 0);
  madvise(p, bytes, MADV_DONTFORK);
  return p;
}

/* Between two pages that nothing is ever mapped to. */
static unsigned char *reserve (size_t bytes, int file) {
  unsigned char *p =
      mmap(NULL, bytes + 2 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return map(p + PAGE, file, bytes, running ? PROT_READ | PROT_WRITE : PROT_NONE);
}

static void *allocate (size_t bytes) {
  if (deed_forbids_allocation())
    return NULL;
  const int file = memfd_create("pretend", MFD_CLOEXEC);
  if (file < 0 || ftruncate(file, (off_t) bytes))
    return NULL;
  pthread_mutex_lock(&lock);
  block *b = blocks;
  while (b < blocks + BLOCKS && b->bytes)
    b++;
  if (b < blocks + BLOCKS)
    *b = (block){ reserve(bytes, file), map(NULL, file, bytes, PROT_READ | PROT_WRITE), bytes };
  pthread_mutex_unlock(&lock);
  close(file);
  return b == blocks + BLOCKS ? NULL : pretend.handles ? (void *) b : b->address + pretend.lie;
}

block *pretend_block (const void *p) {
  for (block *b = blocks; b < blocks + BLOCKS; b++)
    if (b->bytes
        && (p == b
            || ((const unsigned char *) p >= b->address
                && (const unsigned char *) p < b->address + b->bytes)))
      return b;
  return NULL;
}

int32_t pretend_release (void *memory) {
  pthread_mutex_lock(&lock);
  block *b = pretend_block(memory);
  if (b) {
    munmap(b->address - PAGE, b->bytes + 2 * PAGE);
    munmap(b->inside, b->bytes);
    *b = (block){ .bytes = 0 };
  }
  pthread_mutex_unlock(&lock);
  return b && !pretend.gone ? CONV2D_OK : CONV2D_FAILED;
}

static unsigned char *inside (const void *memory, size_t offset, size_t bytes) {
  const block *b = pretend_block(memory);
  return b && !pretend.gone && offset <= b->bytes && bytes <= b->bytes - offset ? b->inside + offset
                                                                                : NULL;
}

static int32_t copy_now (void *memory, size_t offset, void *host, size_t bytes, int32_t direction) {
  unsigned char *p = inside(memory, offset, bytes);
  if (!p || deed_fails_copy(direction))
    return CONV2D_FAILED;
  memcpy(direction == CONV2D_TO_HOST ? host : p, direction == CONV2D_TO_HOST ? p : host, bytes);
  if (direction == CONV2D_TO_HOST && pretend.lossy)
    *(unsigned char *) host ^= 1;
  return CONV2D_OK;
}

/* Copies that are put off until they must be made: whoever changes or reads their host's side too
   early finds out. */
typedef struct put_off {
  void *memory, *host;
  size_t offset, bytes;
  int32_t direction;
} put_off;

enum { MOST_PUT_OFF = 64 };
static _Thread_local put_off queue[MOST_PUT_OFF];
static _Thread_local int queued;

static void make_copies (void) {
  for (int i = 0; i < queued; i++)
    copy_now(queue[i].memory, queue[i].offset, queue[i].host, queue[i].bytes, queue[i].direction);
  queued = 0;
}

static int32_t copy (void *memory, size_t offset, void *host, size_t bytes, int32_t direction) {
  if (!pretend.puts_off)
    return copy_now(memory, offset, host, bytes, direction);
  if (queued == MOST_PUT_OFF)
    make_copies();
  queue[queued++] = (put_off){ memory, host, offset, bytes, direction };
  return CONV2D_OK;
}

static int32_t fill (void *memory, size_t offset, uint32_t word, size_t bytes) {
  make_copies();
  unsigned char *p = inside(memory, offset, bytes);
  for (size_t i = 0; p && i < bytes; i += sizeof word)
    memcpy(p + i, &word, sizeof word);
  return p ? CONV2D_OK : CONV2D_FAILED;
}

static const char *synchronize (int32_t everything) {
  make_copies();
  deed_waits(everything);
  return pretend.gone ? "the device is lost" : pretend.error;
}

static int32_t reset (void) {
  if (pretend.gone || pretend.error_stays)
    return CONV2D_FAILED;
  for (block *b = blocks; b < blocks + BLOCKS; b++)
    if (b->bytes)
      pretend_release(b);
  pretend.error = NULL;
  return CONV2D_OK;
}

/* The file is how processes to come know of it. */
void pretend_lose (void) {
  const char *file = getenv("CONV2D_PRETEND_GONE");
  const int fd = file ? open(file, O_CREAT | O_WRONLY | O_CLOEXEC, 0600) : -1;
  if (fd >= 0)
    close(fd);
  pretend.gone = true;
}

static bool is_lost (void) {
  const char *file = getenv("CONV2D_PRETEND_GONE");
  return file && !access(file, F_OK);
}

static _Thread_local int own_stream;

int pretend_stream (void) {
  return own_stream;
}

static int32_t stream (int32_t number) {
  own_stream = number;
  return CONV2D_OK;
}

/* There are two such devices. */
static int32_t choose (DLDevice d) {
  pretend.device = d;
  return d.device_type == kDLExtDev && d.device_id < 2 ? CONV2D_OK : CONV2D_UNSUPPORTED;
}

/* ---- kernels */

static void open_blocks (int step) {
  pthread_mutex_lock(&lock);
  running += step;
  if (running == (step > 0))
    for (block *b = blocks; b < blocks + BLOCKS; b++)
      if (b->bytes)
        mprotect(b->address, b->bytes, running ? PROT_READ | PROT_WRITE : PROT_NONE);
  pthread_mutex_unlock(&lock);
}

enum { TENSORS = 6 };

/* The arguments of a call, their handles made addresses. */
typedef struct arguments {
  DLTensor copy[TENSORS];
  DLTensor *t[TENSORS];
} arguments;

/* Tensors that are not where the table says are no tensors of this device. */
static bool take (arguments *a, const conv2d_params *p, DLTensor *const *given) {
  for (int i = 0; i < TENSORS; i++) {
    DLTensor *t = a->t[i] = given[i];
    if (!t)
      continue;
    if (memcmp(&t->device, &pretend.device, sizeof t->device) != 0
        || memcmp(&p->device, &pretend.device, sizeof p->device) != 0)
      return false;
    if (!pretend.handles)
      continue;
    a->copy[i] = *t;
    if (t->data)
      a->copy[i].data = pretend_block(t->data)->address + t->byte_offset;
    a->copy[i].byte_offset = 0;
    a->t[i] = &a->copy[i];
  }
  return true;
}

int32_t kernel_run (const kernel *k) {
  DLTensor *const *t = k->t;
  switch (k->direction) {
  case CONV2D_FORWARD: return inner->forward(k->p, t[0], t[1], t[2], t[3]);
  case CONV2D_BACKWARD: return inner->backward(k->p, t[0], t[1], t[2], t[3], t[4], t[5]);
  default: return inner->init_parameters(k->p, k->seed, t[0], t[1]);
  }
}

static int32_t launch (conv2d_params *p, int direction, uint64_t seed, DLTensor *const *given) {
  arguments a;
  if (!take(&a, p, given) || pretend.gone)
    return CONV2D_FAILED;
  const kernel k = { p, direction, seed, a.t };
  make_copies();
  if (deed_instead(&k))
    return CONV2D_OK;
  open_blocks(1);
  const int32_t status = deed_around(&k);
  open_blocks(-1);
  deed_afterwards(&k);
  return status;
}

int32_t pretend_run_late (const kernel *k) {
  open_blocks(1);
  const int32_t status = kernel_run(k);
  open_blocks(-1);
  return status;
}

/* The interface's `const` is for what a kernel does, not for who hands it on. */
#define PARAMS(p) ((conv2d_params *) (uintptr_t) (p))
#define T(t) ((DLTensor *) (uintptr_t) (t))

static int32_t forward (const conv2d_params *p, const DLTensor *input, const DLTensor *weight,
                        const DLTensor *bias, DLTensor *output) {
  DLTensor *t[TENSORS] = { T(input), T(weight), T(bias), output };
  return launch(PARAMS(p), CONV2D_FORWARD, 0, t);
}

static int32_t backward (const conv2d_params *p, const DLTensor *input, const DLTensor *weight,
                         const DLTensor *grad_output, DLTensor *grad_input, DLTensor *grad_weight,
                         DLTensor *grad_bias) {
  DLTensor *t[TENSORS] = {
    T(input), T(weight), T(grad_output), grad_input, grad_weight, grad_bias
  };
  return launch(PARAMS(p), CONV2D_BACKWARD, 0, t);
}

static int32_t init_parameters (const conv2d_params *p, uint64_t seed, DLTensor *weight,
                                DLTensor *bias) {
  DLTensor *t[TENSORS] = { weight, bias };
  return launch(PARAMS(p), CONV2D_INIT, seed, t);
}

/* ---- the descriptor */

static conv2d_memory table = { .size = sizeof table,
                               .features = CONV2D_MEMORY_GUARDED,
                               .device = { kDLExtDev, 0 },
                               .granularity = PAGE,
                               .choose = choose,
                               .allocate = allocate,
                               .release = pretend_release,
                               .copy = copy,
                               .fill = fill,
                               .synchronize = synchronize,
                               .reset = reset,
                               .stream = stream };

extern CONV2D_EXPORT conv2d_implementation on_device __asm__("conv2d_subject");
conv2d_implementation on_device;

/* The subject whose kernels run here. CONV2D_PRETEND names it, or a folder, with a slash at its
   end, where it has the name of this file, which then stands for no deed. */
static conv2d_implementation *open_inner (const char *own_file, bool *by_name) {
  const char *path = getenv("CONV2D_PRETEND"), *slash = strrchr(own_file, '/');
  char in_folder[4096];
  *by_name = path && *path && path[strlen(path) - 1] == '/';
  if (*by_name) {
    snprintf(in_folder, sizeof in_folder, "%s%s", path, slash ? slash + 1 : own_file);
    path = in_folder;
  }
  void *library = dlopen(path ? path : "build/adapters/naive.so", RTLD_NOW | RTLD_LOCAL);
  return library ? dlsym(library, "conv2d_subject") : NULL;
}

__attribute__((constructor)) static void take_inner (void) {
  Dl_info self;
  bool by_name = false;
  if (!dladdr(&on_device, &self) || !(inner = open_inner(self.dli_fname, &by_name))) {
    fprintf(stderr, "CONV2D_PRETEND: %s\n", dlerror());
    return;
  }
  pretend.device = table.device;
  pretend.gone = is_lost();
  memcpy(&on_device, inner, inner->size < sizeof on_device ? inner->size : sizeof on_device);
  on_device.size = sizeof on_device;
  on_device.forward = forward;
  on_device.backward = inner->backward ? backward : NULL;
  on_device.init_parameters = inner->init_parameters ? init_parameters : NULL;
  on_device.memory = &table;
  if (!by_name)
    deed_choose(self.dli_fname, &table);
  on_device.read_slack += pretend.read_slack;
}
