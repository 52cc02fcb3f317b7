/* workspace.c: a stack of pieces in one block, and a list of those that don't fit in. */

#include "workspace.h"
#include <stdlib.h>

struct piece {
  piece *next;
  _Alignas(64) unsigned char bytes[];
};

enum { ALIGNMENT = 64 };

void workspace_open (workspace *w) {
  w->pieces = NULL;
  w->used = 0;
  w->exhausted = false;
}

void workspace_close (workspace *w) {
  while (w->pieces != NULL) {
    piece *next = w->pieces->next;
    free(w->pieces);
    w->pieces = next;
  }
}

static bool product (int64_t a, int64_t b, int64_t c, size_t element, size_t *bytes) {
  return !__builtin_mul_overflow(a, b, bytes) && !__builtin_mul_overflow(*bytes, c, bytes)
         && !__builtin_mul_overflow(*bytes, element, bytes)
         && !__builtin_add_overflow(*bytes, 2 * ALIGNMENT, bytes);
}

static void *from_heap (workspace *w, size_t bytes) {
  piece *b = aligned_alloc(ALIGNMENT, (bytes + sizeof *b) / ALIGNMENT * ALIGNMENT);

  if (b == NULL) {
    w->exhausted = true;
    return NULL;
  }
  b->next = w->pieces;
  w->pieces = b;
  return b->bytes;
}

void *workspace_take (workspace *w, int64_t a, int64_t b, int64_t c, size_t element) {
  size_t bytes;

  if (!product(a, b, c, element, &bytes)) {
    w->exhausted = true;
    return NULL;
  }
  bytes -= bytes % ALIGNMENT; /* `product` has made room for that */
  if (bytes > sizeof w->first - w->used)
    return from_heap(w, bytes);
  w->used += bytes;
  return w->first + w->used - bytes;
}
