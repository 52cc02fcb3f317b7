/* memory.c: the host's memory.
   A process that the subject forks has no rooms: what it computes there would be lost in the
   ordinary memory of a user's program, and so it must not count here. */

#include "memory.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static bool host_make (room *r, size_t size) {
  unsigned char *p =
      mmap(NULL, size + 2 * GUARD_BYTES, PROT_NONE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  *r = (room){ .view = NULL };
  if (p == MAP_FAILED)
    return false;
  madvise(p, size + 2 * GUARD_BYTES, MADV_DONTFORK);
  if (mprotect(p + GUARD_BYTES, size, PROT_READ | PROT_WRITE)) {
    munmap(p, size + 2 * GUARD_BYTES);
    return false;
  }
  p += GUARD_BYTES;
  *r = (room){ .view = p, .base = p, .address = (uintptr_t) p, .size = size };
  return true;
}

static void host_drop (room *r) {
  munmap(r->base - GUARD_BYTES, r->size + 2 * GUARD_BYTES);
  *r = (room){ .view = NULL };
}

static bool host_allow (const room *r, permission what) {
  static const int protection[] = {
    [MAY_NOTHING] = PROT_NONE, [MAY_READ] = PROT_READ, [MAY_ALL] = PROT_READ | PROT_WRITE
  };
  return mprotect(r->base, r->size, protection[what]) == 0;
}

/* Whether a page is mapped, and nobody can read it. msync refuses what is not mapped, and has
   nothing to do here. The kernel reads a path before it does anything with it, and there is no
   folder -1 where it could lie. qemu-user answers both questions as Linux does. */
static bool faults (unsigned char *page) {
  return msync(page, GUARD_BYTES, MS_ASYNC) == 0 && syscall(SYS_faccessat, -1, page, F_OK) == -1
         && errno == EFAULT;
}

static bool stands (unsigned char *page) {
  const int flags = MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED;
  if (faults(page))
    return true;
  if (mmap(page, GUARD_BYTES, PROT_NONE, flags, -1, 0) != MAP_FAILED)
    madvise(page, GUARD_BYTES, MADV_DONTFORK);
  return false;
}

static bool host_guard (const room *r) {
  const bool below = stands(r->base - GUARD_BYTES), above = stands(r->base + r->size);
  return below && above;
}

const memory host_memory = { .device = { kDLCPU, 0 },
                             .granularity = GUARD_BYTES,
                             .addressed = true,
                             .make = host_make,
                             .drop = host_drop,
                             .allow = host_allow,
                             .guard = host_guard };
