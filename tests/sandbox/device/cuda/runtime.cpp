/* runtime.cpp: a pretend CUDA, runtime and driver, that needs no card.
   What is put into a stream is done when somebody waits for it, and not before: whoever does not
   wait finds out. Memory cannot be touched but while a kernel runs. A kernel that touches what is
   not there leaves the error of an illegal address, which lasts. */

#include <cuda.h>
#include <cuda_runtime.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <dlfcn.h>
#include <fcntl.h>
#include <functional>
#include <map>
#include <mutex>
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <thread>
#include <ucontext.h>
#include <unistd.h>
#include <vector>

#define API extern "C" __attribute__((visibility("default")))

namespace {

enum {
  DEVICES = 2,
  GRANULARITY = 1 << 16,
  MOST_THREADS = 1024,
  STACK = 1 << 16,
  REPORTED = 64,
  LATE_MICROSECONDS = 3000
};

struct block {
  unsigned char *address, *inside;
  size_t bytes;
};

using queue = std::deque<std::function<void()>>;

std::recursive_mutex lock;
std::map<unsigned char *, block> blocks;
std::map<CUmemGenericAllocationHandle, int> handles; /* to files */
queue ordered; /* of the default stream, and of all that are ordered with it */
cudaError_t lasting = cudaSuccess;
thread_local cudaError_t last = cudaSuccess;
thread_local int device = 0;

cudaError_t fail (cudaError_t e) {
  if (e != cudaSuccess)
    last = e;
  return e;
}

/* ---- memory: `address` for kernels, `inside` for the device */

int make_file (size_t bytes) {
  const int file = memfd_create("pretend", MFD_CLOEXEC);
  return file >= 0 && ftruncate(file, (off_t) bytes) == 0 ? file : -1;
}

void open_blocks (int protection) {
  for (auto &b : blocks)
    mprotect(b.second.address, b.second.bytes, protection);
}

void map_block (unsigned char *at, size_t bytes, int file) {
  mmap(at, bytes, PROT_NONE, MAP_SHARED | MAP_FIXED, file, 0);
  void *inside = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  madvise(at, bytes, MADV_DONTFORK);
  madvise(inside, bytes, MADV_DONTFORK);
  blocks[at] = block{ at, static_cast<unsigned char *>(inside), bytes };
}

/* The addresses stay reserved, for nothing. */
bool unmap_block (unsigned char *at) {
  auto found = blocks.find(at);
  if (found == blocks.end())
    return false;
  munmap(found->second.inside, found->second.bytes);
  mmap(at, found->second.bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED,
       -1, 0);
  blocks.erase(found);
  return true;
}

unsigned char *reserve (size_t bytes) {
  void *p = mmap(nullptr, bytes + GRANULARITY, PROT_NONE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  const auto at = reinterpret_cast<uintptr_t>(p);
  return p == MAP_FAILED ? nullptr
                         : reinterpret_cast<unsigned char *>((at + GRANULARITY - 1)
                                                             & ~uintptr_t{ GRANULARITY - 1 });
}

/* Where the device finds it, or NULL if it is none of its memory. */
unsigned char *inside (const void *p, size_t bytes) {
  auto *at = static_cast<unsigned char *>(const_cast<void *>(p));
  auto next = blocks.upper_bound(at);
  if (next == blocks.begin())
    return nullptr;
  const block &b = std::prev(next)->second;
  const size_t offset = static_cast<size_t>(at - b.address);
  return offset <= b.bytes && bytes <= b.bytes - offset ? b.inside + offset : nullptr;
}

/* ---- kernels: a fiber takes the threads of a block in turn until one waits at a barrier */

struct fiber {
  ucontext_t context;
  std::vector<char> stack = std::vector<char>(STACK);
  pretend_place place;
  bool waits = false;
};

struct block_run {
  void (*run)(void *);
  void *arguments;
  unsigned next, threads;
  ucontext_t scheduler;
  fiber *now;
};

thread_local block_run *running;
thread_local sigjmp_buf escape;

dim3 thread_of (unsigned i, dim3 size) {
  return dim3(i % size.x, i / size.x % size.y, i / (size.x * size.y));
}

void take_threads () {
  block_run *r = running;
  fiber *self = r->now;
  while (r->next < r->threads) {
    pretend_here.thread = thread_of(r->next++, pretend_here.block);
    r->run(r->arguments);
    pretend_here.thread = dim3(0, 0, 0);
  }
  self->waits = false;
  swapcontext(&self->context, &r->scheduler);
}

void resume (block_run *r, fiber *f) {
  r->now = f;
  swapcontext(&r->scheduler, &f->context);
}

std::vector<fiber *> &pool () {
  thread_local std::vector<fiber *> list;
  return list;
}

fiber *start (size_t number) {
  while (pool().size() <= number)
    pool().push_back(new fiber);
  fiber *f = pool()[number];
  getcontext(&f->context);
  f->context.uc_stack.ss_sp = f->stack.data();
  f->context.uc_stack.ss_size = f->stack.size();
  f->context.uc_link = nullptr;
  makecontext(&f->context, take_threads, 0);
  return f;
}

void run_block (block_run *r) {
  size_t fibers = 0;
  bool waiting = true;
  running = r;
  for (r->next = 0; r->next < r->threads;)
    resume(r, start(fibers++));
  while (waiting) {
    waiting = false;
    for (size_t i = 0; i < fibers; i++)
      if (pool()[i]->waits)
        resume(r, pool()[i]), waiting = true;
  }
}

void on_fault (int) {
  siglongjmp(escape, 1);
}

/* The C library's own, past the worker's: a card's faults are no signals that it could see. */
void set_handler (const struct sigaction *to, struct sigaction *before) {
  using function = int (*)(int, const struct sigaction *, struct sigaction *);
  static void *library = dlopen("libc.so.6", RTLD_NOW);
  static const auto real = reinterpret_cast<function>(dlsym(library, "sigaction"));
  real(SIGSEGV, to, before);
}

void run_grid (dim3 grid, dim3 threads, void (*run)(void *), void *arguments) {
  block_run r = { run, arguments, 0, threads.x * threads.y * threads.z, {}, nullptr };
  pretend_here.grid = grid;
  pretend_here.block = threads;
  for (unsigned z = 0; z < grid.z; z++)
    for (unsigned y = 0; y < grid.y; y++)
      for (unsigned x = 0; x < grid.x; x++) {
        pretend_here.block_index = dim3(x, y, z);
        run_block(&r);
      }
}

/* What compute-sanitizer would say of a kernel of so many threads, a moment after it has ended. */
void report (unsigned threads) {
  const char *path = getenv("CONV2D_PRETEND_REPORT");
  const int file = path && threads == REPORTED ? open(path, O_RDONLY | O_CLOEXEC) : -1;
  if (file >= 0)
    std::thread([file] {
      char text[4096];
      usleep(LATE_MICROSECONDS);
      const ssize_t n = read(file, text, sizeof text);
      close(file);
      if (n > 0 && write(STDOUT_FILENO, text, static_cast<size_t>(n)) != n)
        abort();
    }).detach();
}

void run_kernel (dim3 grid, dim3 threads, void (*run)(void *), void *arguments) {
  struct sigaction own = {}, before;
  own.sa_handler = on_fault;
  own.sa_flags = SA_NODEFER;
  if (lasting != cudaSuccess)
    return;
  open_blocks(PROT_READ | PROT_WRITE);
  set_handler(&own, &before);
  if (sigsetjmp(escape, 1) == 0)
    run_grid(grid, threads, run, arguments);
  else
    lasting = cudaErrorIllegalAddress;
  set_handler(&before, nullptr);
  open_blocks(PROT_NONE);
  report(threads.x);
}

/* ---- streams */

} // namespace

struct CUstream_st {
  queue own;
  bool apart; /* not ordered with the default stream */
};

namespace {

std::vector<CUstream_st *> streams;

queue &queue_of (cudaStream_t s) {
  return s && s->apart ? s->own : ordered;
}

cudaError_t empty (queue &q) {
  while (!q.empty()) {
    q.front()();
    q.pop_front();
  }
  return fail(lasting);
}

} // namespace

/* Of a launch that cannot be, nobody but cudaGetLastError says so. */
API void pretend_enqueue (dim3 grid, dim3 block, cudaStream_t stream, void (*run)(void *),
                          void (*drop)(void *), void *arguments) {
  const std::lock_guard<std::recursive_mutex> hold(lock);
  const uint64_t threads = uint64_t{ block.x } * block.y * block.z;
  if (threads == 0 || threads > MOST_THREADS || uint64_t{ grid.x } * grid.y * grid.z == 0) {
    drop(arguments);
    fail(cudaErrorInvalidConfiguration);
    return;
  }
  queue_of(stream).push_back([=] {
    run_kernel(grid, block, run, arguments);
    drop(arguments);
  });
}

__attribute__((visibility("default"))) thread_local pretend_place pretend_here;

API void pretend_barrier (void) {
  block_run *r = running;
  fiber *self = r->now;
  self->place = pretend_here;
  self->waits = true;
  swapcontext(&self->context, &r->scheduler);
  pretend_here = self->place;
}

/* ---- the runtime */

API cudaError_t cudaGetDeviceCount (int *count) {
  *count = DEVICES;
  return cudaSuccess;
}

API cudaError_t cudaSetDevice (int d) {
  if (d < 0 || d >= DEVICES)
    return fail(cudaErrorInvalidDevice);
  device = d;
  return cudaSuccess;
}

API cudaError_t cudaMalloc (void **p, size_t bytes) {
  const std::lock_guard<std::recursive_mutex> hold(lock);
  const size_t whole = (bytes + GRANULARITY - 1) / GRANULARITY * GRANULARITY;
  unsigned char *at = reserve(whole);
  const int file = make_file(whole);
  if (!at || file < 0)
    return fail(cudaErrorMemoryAllocation);
  map_block(at, whole, file);
  close(file);
  *p = at;
  return cudaSuccess;
}

API cudaError_t cudaFree (void *p) {
  const std::lock_guard<std::recursive_mutex> hold(lock);
  if (!p)
    return cudaSuccess;
  cudaDeviceSynchronize();
  return unmap_block(static_cast<unsigned char *>(p)) ? fail(lasting) : fail(cudaErrorInvalidValue);
}

/* The host's side is ordinary memory: it is read at once, and has been written at the return. */
API cudaError_t cudaMemcpyAsync (void *to, const void *from, size_t bytes, enum cudaMemcpyKind kind,
                                 cudaStream_t stream) {
  const std::lock_guard<std::recursive_mutex> hold(lock);
  queue &q = queue_of(stream);
  const void *there = kind == cudaMemcpyHostToDevice ? to : from;
  if (lasting != cudaSuccess)
    return fail(lasting);
  if (!inside(there, bytes) || (kind == cudaMemcpyDeviceToDevice && !inside(to, bytes)))
    return fail(cudaErrorInvalidValue);
  if (kind == cudaMemcpyHostToDevice) {
    const auto *p = static_cast<const char *>(from);
    q.push_back([=, copy = std::vector<char>(p, p + bytes)] {
      if (unsigned char *at = inside(to, bytes))
        memcpy(at, copy.data(), bytes);
    });
    return cudaSuccess;
  }
  if (kind == cudaMemcpyDeviceToDevice) {
    q.push_back([=] { memcpy(inside(to, bytes), inside(from, bytes), bytes); });
    return cudaSuccess;
  }
  if (empty(q) == cudaSuccess)
    memcpy(to, inside(from, bytes), bytes);
  return fail(lasting);
}

API cudaError_t cudaStreamCreateWithFlags (cudaStream_t *stream, unsigned flags) {
  const std::lock_guard<std::recursive_mutex> hold(lock);
  *stream = new CUstream_st{ {}, (flags & cudaStreamNonBlocking) != 0 };
  streams.push_back(*stream);
  return cudaSuccess;
}

API cudaError_t cudaStreamCreate (cudaStream_t *stream) {
  return cudaStreamCreateWithFlags(stream, cudaStreamDefault);
}

API cudaError_t cudaStreamSynchronize (cudaStream_t stream) {
  const std::lock_guard<std::recursive_mutex> hold(lock);
  return empty(queue_of(stream));
}

API cudaError_t cudaDeviceSynchronize (void) {
  const std::lock_guard<std::recursive_mutex> hold(lock);
  empty(ordered);
  for (CUstream_st *s : streams)
    empty(s->own);
  return fail(lasting);
}

API cudaError_t cudaGetLastError (void) {
  const cudaError_t e = last;
  last = cudaSuccess;
  return lasting != cudaSuccess ? lasting : e;
}

API const char *cudaGetErrorName (cudaError_t e) {
  switch (e) {
  case cudaSuccess: return "cudaSuccess";
  case cudaErrorInvalidValue: return "cudaErrorInvalidValue";
  case cudaErrorMemoryAllocation: return "cudaErrorMemoryAllocation";
  case cudaErrorInvalidConfiguration: return "cudaErrorInvalidConfiguration";
  case cudaErrorInvalidDevice: return "cudaErrorInvalidDevice";
  case cudaErrorIllegalAddress: return "cudaErrorIllegalAddress";
  default: return "unknown";
  }
}

API const char *cudaGetErrorString (cudaError_t e) {
  switch (e) {
  case cudaErrorIllegalAddress: return "an illegal memory access was encountered";
  case cudaErrorInvalidConfiguration: return "invalid configuration argument";
  default: return cudaGetErrorName(e);
  }
}

/* ---- the driver: CONV2D_PRETEND_VMM=0 is a card without virtual memory */

API CUresult cuDeviceGetAttribute (int *value, CUdevice_attribute, CUdevice) {
  const char *wanted = getenv("CONV2D_PRETEND_VMM");
  *value = !wanted || strcmp(wanted, "0") != 0;
  return CUDA_SUCCESS;
}

API CUresult cuMemGetAllocationGranularity (size_t *bytes, const CUmemAllocationProp *,
                                            CUmemAllocationGranularity_flags) {
  *bytes = GRANULARITY;
  return CUDA_SUCCESS;
}

API CUresult cuMemAddressReserve (CUdeviceptr *at, size_t bytes, size_t, CUdeviceptr,
                                  unsigned long long) {
  *at = reinterpret_cast<uintptr_t>(reserve(bytes));
  return *at && bytes % GRANULARITY == 0 ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

API CUresult cuMemAddressFree (CUdeviceptr at, size_t bytes) {
  return munmap(reinterpret_cast<void *>(at), bytes) ? CUDA_ERROR_INVALID_VALUE : CUDA_SUCCESS;
}

API CUresult cuMemCreate (CUmemGenericAllocationHandle *handle, size_t bytes,
                          const CUmemAllocationProp *prop, unsigned long long) {
  const std::lock_guard<std::recursive_mutex> hold(lock);
  const int file = prop->location.id == device && bytes % GRANULARITY == 0 ? make_file(bytes) : -1;
  static CUmemGenericAllocationHandle number;
  if (file < 0)
    return CUDA_ERROR_INVALID_VALUE;
  handles[ *handle = ++number] = file;
  return CUDA_SUCCESS;
}

API CUresult cuMemRelease (CUmemGenericAllocationHandle handle) {
  const std::lock_guard<std::recursive_mutex> hold(lock);
  close(handles[handle]);
  return handles.erase(handle) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

API CUresult cuMemMap (CUdeviceptr at, size_t bytes, size_t, CUmemGenericAllocationHandle handle,
                       unsigned long long) {
  const std::lock_guard<std::recursive_mutex> hold(lock);
  if (!handles.count(handle))
    return CUDA_ERROR_INVALID_VALUE;
  map_block(reinterpret_cast<unsigned char *>(at), bytes, handles[handle]);
  return CUDA_SUCCESS;
}

API CUresult cuMemUnmap (CUdeviceptr at, size_t) {
  const std::lock_guard<std::recursive_mutex> hold(lock);
  return unmap_block(reinterpret_cast<unsigned char *>(at)) ? CUDA_SUCCESS
                                                            : CUDA_ERROR_INVALID_VALUE;
}

API CUresult cuMemSetAccess (CUdeviceptr at, size_t bytes, const CUmemAccessDesc *list,
                             size_t count) {
  return count == 1 && list->location.id == device && inside(reinterpret_cast<void *>(at), bytes)
             ? CUDA_SUCCESS
             : CUDA_ERROR_INVALID_VALUE;
}
