/* shape.c: counting and comparing extents. */

#include "shape.h"

int64_t extents_count (int32_t ndim, const int64_t *extent) {
  int64_t count = 1;
  for (int32_t a = 0; a < ndim; a++)
    count = extent[a] > 0 ? count * extent[a] : 0;
  return count;
}

bool extents_row_major (int32_t ndim, const int64_t *extent, const int64_t *strides) {
  int64_t step = 1;
  for (int32_t a = ndim - 1; strides && a >= 0; a--) {
    if (extent[a] != 1 && strides[a] != step)
      return false;
    step *= extent[a];
  }
  return true;
}

int64_t shape_channels (const shape *s) {
  return s->ndim >= 3 ? s->dim[s->ndim - 3] : 1;
}

bool shape_equal (const shape *a, const shape *b) {
  if (a->ndim != b->ndim)
    return false;
  for (int i = 0; i < a->ndim; i++)
    if (a->dim[i] != b->dim[i])
      return false;
  return true;
}
