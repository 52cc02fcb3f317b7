/* tensor.c: single elements of a tensor, by number. */

#include "tensor.h"

#include "dtype.h"
#include "shape.h"

int64_t tensor_count (const DLTensor *t) {
  return extents_count(t->ndim, t->shape);
}

bool tensor_is_compact (const DLTensor *t) {
  return extents_row_major(t->ndim, t->shape, t->strides);
}

static char *element_at (const DLTensor *t, int64_t i, const dtype *d) {
  int64_t offset = t->strides ? 0 : i;
  for (int a = t->ndim - 1; t->strides && a >= 0; a--) {
    offset += i % t->shape[a] * t->strides[a];
    i /= t->shape[a];
  }
  return (char *) t->data + t->byte_offset + offset * (d->bits / 8);
}

double tensor_get (const DLTensor *t, int64_t i) {
  const dtype *d = dtype_of(t->dtype);
  return d->load(element_at(t, i, d));
}

void tensor_set (DLTensor *t, int64_t i, double value) {
  const dtype *d = dtype_of(t->dtype);
  d->store(element_at(t, i, d), 1, 1, &value);
}
