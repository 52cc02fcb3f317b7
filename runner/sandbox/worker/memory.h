/* memory.h: where the rooms of stages come from, and how the worker reaches their bytes.
   This is the seam for devices. stage.c and contents.c are written once, for every kind of memory:
   they read and write the worker's view of a room, and call `fetch` before they read what a call
   may have changed, and `send` after they wrote what a call is to find. In the host's memory the
   view is the room itself, so both do nothing. A device keeps the view as a copy. */

#ifndef MEMORY_H
#define MEMORY_H

#include <stdbool.h>
#include <stddef.h>

/* What a call may do to a room. */
typedef enum permission { MAY_NOTHING, MAY_READ, MAY_ALL } permission;

/* A room: `size` bytes between two pages that fault. */
typedef struct room {
  unsigned char *view; /* where the worker finds its bytes; NULL: there is no room */
  unsigned char *base; /* its address as the subject is given it */
  size_t size;         /* a multiple of the page */
} room;

enum { GUARD_BYTES = 4096 }; /* on either side of a room */

/* One kind of memory.
   make   a room of `size` bytes with access to all; false if there is no memory
   drop   ends one
   allow  what a call may do from now on; false if the system refuses
   send   bytes [at, at + bytes) of the view into the room; NULL: they are the same
   fetch  the other way */
typedef struct memory {
  bool (*make)(room *r, size_t size);
  void (*drop)(room *r);
  bool (*allow)(const room *r, permission what);
  void (*send)(const room *r, size_t at, size_t bytes);
  void (*fetch)(const room *r, size_t at, size_t bytes);
} memory;

extern const memory host_memory;

#endif
