/* memory.h: where the rooms of stages come from, and how the worker reaches their bytes.
   This is the seam for devices. stage.c and contents.c are written once, for every kind of memory:
   they read and write the worker's view of a room, and call `fetch` before they read what a call
   may have changed, and `send` after they wrote what a call is to find. In the host's memory the
   view is the room itself, so both do nothing. A device keeps the view as a copy. */

#ifndef MEMORY_H
#define MEMORY_H

#include "conv2d_abi.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a call may do to a room. */
typedef enum permission { MAY_NOTHING, MAY_READ, MAY_ALL } permission;

/* A room: `size` bytes, on a host between two pages that fault. */
typedef struct room {
  unsigned char *view; /* where the worker finds its bytes; NULL: there is no room */
  unsigned char *base; /* its address, or its handle, as the subject is given it */
  uintptr_t address;   /* by which alignment goes: base, or 0 if that is a handle */
  size_t size;         /* a multiple of memory.granularity */
  unsigned era;        /* of a device: how often it had been reset when the room was made */
} room;

enum { GUARD_BYTES = 4096 }; /* on either side of a room */

/* One kind of memory. Functions may be NULL from `guard` on, where there is nothing to do.
   make    makes a room of `size` bytes with access to all; false if there is no memory
   drop    frees a room
   allow   sets what a call may do from now on; false if that cannot be had
   guard   says whether the guards of a room still fault; if they did not, they do again
   blank   lays a word over the whole room, but not over the view
   send    copies bytes [at, at + bytes) of the view into the room; they are there after `await`
   fetch   copies bytes of the room into the view; likewise
   await   waits for all that this thread began, or with `everything` for all that anybody began;
           returns what went wrong since the last time, in words that stay until the next, or
           NULL
   renew   makes the memory usable after an error; true if calls can go on. Rooms that were made
           before are gone and can only be dropped
   join    says that this thread makes calls from now on, the number-th beside the worker's own */
typedef struct memory {
  DLDevice device;
  size_t granularity; /* of the size of rooms */
  size_t inset;       /* bytes at both ends of a room that no tensor covers, as no guard is there */
  bool handles;       /* see CONV2D_MEMORY_HANDLES */
  bool addressed;     /* the address of a fault shows to which tensor it belongs */
  bool (*make)(room *r, size_t size);
  void (*drop)(room *r);
  bool (*allow)(const room *r, permission what);
  bool (*guard)(const room *r);
  void (*blank)(const room *r, uint32_t word);
  void (*send)(const room *r, size_t at, size_t bytes);
  void (*fetch)(const room *r, size_t at, size_t bytes);
  const char *(*await)(bool everything);
  bool (*renew)(void);
  void (*join)(int number);
} memory;

extern const memory host_memory;

/* Whether the worker's view of a room is a copy. HOST_ONLY is for `make bench-seam`, which measures
   what it costs to ask. */
static inline bool memory_is_apart (const memory *m) {
#ifdef HOST_ONLY
  return m == NULL;
#else
  return m->await;
#endif
}

#endif
