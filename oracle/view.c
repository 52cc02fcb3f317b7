/* view.c: from DLTensor to four strides in bytes. */

#include "view.h"

/* The product modulo 2^64. It may wrap: the stride of an axis with one element is never used, and
   may be any number. */
static int64_t times (int64_t a, int64_t b) {
  return (int64_t) ((uint64_t) a * (uint64_t) b);
}

view view_of (const DLTensor *t) {
  view v = { .type = type_of(t->dtype) };
  int64_t width = v.type->bits / 8, compact = width;

  if (t->data != NULL)
    v.origin = (char *) t->data + t->byte_offset;
  for (int i = t->ndim - 1, at = 3; i >= 0; i--, at--) {
    v.stride[at] = t->strides != NULL ? times(t->strides[i], width) : compact;
    compact = times(compact, t->shape[i]);
  }
  return v;
}

void view_extent (const DLTensor *t, int64_t extent[4]) {
  for (int i = 0; i < 4; i++)
    extent[i] = i < 4 - t->ndim ? 1 : t->shape[i - (4 - t->ndim)];
}

view view_of_part (const DLTensor *t, int part) {
  DLTensor as_real = *t;
  as_real.dtype = real_dtype(t->dtype);
  view v = view_of(&as_real);

  for (int i = 0; t->dtype.code == kDLComplex && i < 4; i++)
    v.stride[i] = (int64_t) ((uint64_t) v.stride[i] * 2);
  if (v.origin != NULL)
    v.origin += part * (as_real.dtype.bits / 8);
  return v;
}
