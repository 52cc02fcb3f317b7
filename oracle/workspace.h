/* workspace.h: the memory of one call: taken piece by piece, given back all at once.
   A test suite makes millions of small calls. For these the first block, on the stack, suffices. */

#ifndef WORKSPACE_H
#define WORKSPACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct piece piece;

typedef struct workspace {
  piece *pieces; /* from the heap */
  size_t used;   /* of first */
  bool exhausted;
  _Alignas(64) unsigned char first[24576];
} workspace;

void workspace_open (workspace *w);
void workspace_close (workspace *w);

/* Room for a * b * c elements, not initialised. NULL if the product overflows or there is no
   memory: then `exhausted` is set, and stays, so that one test after several calls suffices. */
void *workspace_take (workspace *w, int64_t a, int64_t b, int64_t c, size_t element);

#endif
